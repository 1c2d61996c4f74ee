namespace Nuke.Common.Execution;

/// <summary>A condition with its source text: <c>() =&gt; x</c>.</summary>
internal sealed record Condition(Func<bool> IsMet, string? Source)
{
    /// <summary>The source without the arrow, on one line.</summary>
    public string Text
    {
        get
        {
            var arrow = Source?.IndexOf("=>", StringComparison.Ordinal) ?? -1;
            var words = (Source ?? "condition")[(arrow < 0 ? 0 : arrow + 2)..];
            return string.Join(' ', words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        }
    }
}
