namespace Lotse.Configuration.Secrets;

/// <summary>Says how a command of a secrets file failed: exit code and stderr, never its text or stdout.</summary>
internal static class CommandFailures
{
    private const int ShownLines = 5;
    private const int ShownLength = 500;
    private const int CommandNotFound = 127;

    public static Problem Describe(SecretLine line, string command, ShellResult result, IEnumerable<string> secrets)
    {
        var said = Shorten(Redact(result.Error, secrets));
        var evidence = said.Length == 0 ? "and no message" : $"and said: {said.TrimEnd('.')}";
        return new Problem
        {
            File = line.Mark.File,
            Line = line.Mark.Line,
            Column = line.Mark.Column,
            Path = line.Name,
            Fact = $"the command in $(…) ended with exit code {result.ExitCode} {evidence}",
            Cure = Cure(command, result.ExitCode),
        };
    }

    private static string Cure(string command, int exitCode)
    {
        if (command.TrimStart().StartsWith("kamal secrets ", StringComparison.Ordinal))
        {
            return "Commands of Kamal need Kamal installed; call the password manager's own program instead.";
        }

        return exitCode == CommandNotFound
            ? "Install the program, or correct its name."
            : "Run the command by hand to see what it needs, such as a login.";
    }

    /// <summary>A shell may quote the command it was given, with values in it.</summary>
    private static string Redact(string text, IEnumerable<string> secrets) =>
        secrets
            .SelectMany(s => s.Split('\n'))
            .Where(s => s.Trim().Length > 0)
            .OrderByDescending(s => s.Length)
            .Aggregate(text, (t, s) => t.Replace(s, "[redacted]", StringComparison.Ordinal));

    private static string Shorten(string text)
    {
        var lines = text.Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0).ToList();
        var joined = string.Join(" / ", lines.TakeLast(ShownLines));
        return joined.Length <= ShownLength ? joined : joined[^ShownLength..];
    }
}
