namespace Nuke.Common.Parameters;

/// <summary>The arguments of the build: targets up to the first dash, then named values.</summary>
internal sealed class CommandLine(IReadOnlyList<string> arguments)
{
    /// <summary>The arguments before the first one that starts with a dash.</summary>
    public string[] Positional => ValuesFrom(0);

    /// <summary>The values that follow the last occurrence of a name, or null where the name does not occur.</summary>
    public string[]? Named(string name)
    {
        for (var index = arguments.Count - 1; index >= 0; index--)
        {
            if (IsName(arguments[index]) && SameName(arguments[index], name))
                return ValuesFrom(index + 1);
        }

        return null;
    }

    /// <summary>
    /// A name without dashes: <c>--nuget-api-key</c>, <c>-NuGetApiKey</c> and <c>NuGetApiKey</c> are one.
    /// </summary>
    public static string WithoutDashes(string name) => name.Replace("-", "", StringComparison.Ordinal);

    private static bool IsName(string argument) => argument.StartsWith('-');

    private static bool SameName(string argument, string name) =>
        WithoutDashes(argument).Equals(WithoutDashes(name), StringComparison.OrdinalIgnoreCase);

    private string[] ValuesFrom(int start) => [.. arguments.Skip(start).TakeWhile(value => !IsName(value))];
}
