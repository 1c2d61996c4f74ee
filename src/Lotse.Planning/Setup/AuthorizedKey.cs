namespace Lotse.Planning.Setup;

/// <summary>Lines of authorized_keys (sshd(8)): options, type, key in base64, comment.</summary>
public static class AuthorizedKey
{
    /// <summary>In the command that cloud-init's <c>disable_root_opts</c> gives to root's keys.</summary>
    private const string CloudsRefusal = "Please login as the user";

    private static readonly string[] Types = ["ssh-", "ecdsa-", "sk-ssh-", "sk-ecdsa-"];

    /// <summary>Whether a line holds a public key.</summary>
    public static bool IsKey(string line) => Parts(line) is not null;

    /// <summary>Whether two lines hold the same key; options and comments do not matter.</summary>
    public static bool AreSame(string one, string other) =>
        Parts(one) is { } a && Parts(other) is { } b && (a.Type, a.Key) == (b.Type, b.Key);

    /// <summary>
    /// The key for another account: as it is when it has no options, and without them when they are those by which clouds
    /// refuse every login as root. Null for one that other options restrict, to a single command say: it must not be let
    /// do more elsewhere.
    /// </summary>
    public static string? ForOthers(string line) =>
        Parts(line) is var (options, type, key, comment)
        && (options.Length == 0 || options.Contains(CloudsRefusal, StringComparison.Ordinal))
            ? $"{type} {key} {comment}".TrimEnd()
            : null;

    private static (string Options, string Type, string Key, string Comment)? Parts(string line)
    {
        var words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        var at = Array.FindIndex(words, w => Types.Any(t => w.StartsWith(t, StringComparison.Ordinal)));
        return at >= 0 && at + 1 < words.Length && words[at + 1].StartsWith("AAAA", StringComparison.Ordinal)
            ? (string.Join(' ', words[..at]), words[at], words[at + 1], string.Join(' ', words[(at + 2)..]))
            : null;
    }
}
