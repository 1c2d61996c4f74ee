namespace Lotse.Testing.Processes;

/// <summary>A program did not do what the test waited for; the message holds all that it wrote.</summary>
public sealed class TestProcessException : Exception
{
    private const int MostLinesShown = 200;

    internal TestProcessException(string fact, TestProcess process, Exception? cause = null)
        : base(Describe(fact, process), cause) { }

    private static string Describe(string fact, TestProcess process)
    {
        var lines = process.Lines;
        var omitted = lines.Count > MostLinesShown ? $"\n  ({lines.Count - MostLinesShown} lines before these)" : "";
        var output = lines.Count == 0 ? "\n  (it wrote nothing)" : "";
        var shown = string.Concat(lines.TakeLast(MostLinesShown).Select(line => $"\n  {line}"));
        return $"{process.Request} (pid {process.Id}): {fact}. Its output:{omitted}{output}{shown}";
    }
}
