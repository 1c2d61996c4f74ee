using Nuke.Common.Execution;

namespace Nuke.Common.Output;

/// <summary>Writes the build's own lines: banners, tables, results. Everything goes to standard output.</summary>
internal sealed class BuildConsole(BuildContext context)
{
    private const string Red = "\e[31m";
    private const string Green = "\e[32m";
    private const string Yellow = "\e[33m";
    private const string Cyan = "\e[36m";
    private const string Grey = "\e[90m";
    private const string Reset = "\e[0m";

    public void Line(string text = "") => context.Output.WriteLine(text);

    public void Highlight(string text) => Line(Paint(text, Cyan));

    public void Muted(string text) => Line(Paint(text, Grey));

    public void Success(string text) => Line(Paint(text, Green));

    public void Warning(string text) => Line(Paint(text, Yellow));

    public void Error(string text) => Line(Paint(text, Red));

    /// <summary>Ends the run's output with what went wrong outside of any target.</summary>
    public void Fail(string text)
    {
        Error(text);
        if (IsGitHubActions)
            Annotate("error", text);
    }

    /// <summary>Opens the block of a target, which ends when disposed.</summary>
    public IDisposable Block(string name)
    {
        if (IsGitHubActions)
        {
            Line($"::group::{name}");
            return new Scope(() => Line($"::endgroup::{name}"));
        }

        Line();
        Line("╬" + new string('═', name.Length + 5));
        Line($"║ {Paint(name, Cyan)}");
        Line("╬" + new string('═', Math.Max(name.Length - 4, 2)));
        Line();
        return new Scope(() => { });
    }

    /// <summary>Writes a command that puts a message on the page of a GitHub run.</summary>
    public void Annotate(string level, string text)
    {
        var escaped = text.Replace("%", "%25", StringComparison.Ordinal)
            .Replace("\r", "%0D", StringComparison.Ordinal)
            .Replace("\n", "%0A", StringComparison.Ordinal);
        Line($"::{level}::{escaped}");
    }

    public bool IsGitHubActions => context.Host == Host.GitHubActions;

    public string Paint(string text, string colour) => context.UsesColours ? colour + text + Reset : text;
}
