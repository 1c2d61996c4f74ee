namespace Lotse.Hosts.Ssh;

/// <summary>Text for a POSIX shell.</summary>
internal static class ShellText
{
    /// <summary>A word, whatever is in it.</summary>
    public static string Quote(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <summary>A script with arguments, run by sh whatever the user's login shell is.</summary>
    public static string Script(string script, params ReadOnlySpan<string> arguments)
    {
        var words = new List<string> { "sh", "-c", Quote(script), "lotse" };
        foreach (var argument in arguments)
        {
            words.Add(Quote(argument));
        }

        return string.Join(' ', words);
    }
}
