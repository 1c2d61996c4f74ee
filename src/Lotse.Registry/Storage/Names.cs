using System.Text.RegularExpressions;

namespace Lotse.Registry.Storage;

/// <summary>The grammar of repository names and tags (OCI distribution spec, "Pulling manifests").</summary>
internal static partial class Names
{
    // A directory name must hold it, with one character added.
    private const int LongestRepository = 254;

    public static bool IsRepository(string name) => name.Length <= LongestRepository && Repository().IsMatch(name);

    public static bool IsTag(string tag) => Tag().IsMatch(tag);

    public static string CheckRepository(string name) =>
        IsRepository(name)
            ? name
            : throw new RegistryException(
                RegistryFault.NameInvalid,
                $"'{name}' is not a repository name. Use lower-case letters, digits and separators . _ __ - between"
                    + $" them, parts split by /, {LongestRepository} characters at most."
            );

    public static string CheckTag(string tag) =>
        IsTag(tag)
            ? tag
            : throw new RegistryException(
                RegistryFault.ManifestInvalid,
                $"'{tag}' is neither a digest nor a tag. A tag has up to 128 letters, digits, _ . - and begins with"
                    + " none of . and -."
            );

    [GeneratedRegex(@"^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*\z")]
    private static partial Regex Repository();

    [GeneratedRegex(@"^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}\z")]
    private static partial Regex Tag();
}
