using Lotse.Execution.Reporting;

namespace Lotse.Nuke.Console;

/// <summary>A line that is written over again and again on a terminal; nothing at all in a pipe or in CI.</summary>
/// <param name="output">The terminal.</param>
/// <param name="isTerminal">Whether it is one.</param>
/// <param name="mask">Hides secrets; null where there are none.</param>
internal sealed class ProgressLine(TextWriter output, bool isTerminal, SecretMask? mask = null)
{
    private readonly Lock turn = new();
    private string shown = "";

    /// <summary>For this process's standard output.</summary>
    public static ProgressLine ForConsole(SecretMask? mask = null) =>
        new(
            System.Console.Out,
            !System.Console.IsOutputRedirected
                && Environment.GetEnvironmentVariable("TERM")?.StartsWith("xterm", StringComparison.Ordinal) == true,
            mask
        );

    /// <summary>Shows a text in place of the last one.</summary>
    public void Show(string text)
    {
        if (!isTerminal)
        {
            return;
        }

        text = mask?.Apply(text) ?? text;
        lock (turn)
        {
            if (text != shown)
            {
                output.Write($"\r\u001b[2K  {text}");
                shown = text;
            }
        }
    }

    /// <summary>Takes the line away, so that a log line can stand in its place.</summary>
    public void Clear()
    {
        lock (turn)
        {
            if (shown.Length > 0)
            {
                output.Write("\r\u001b[2K");
                shown = "";
            }
        }
    }
}
