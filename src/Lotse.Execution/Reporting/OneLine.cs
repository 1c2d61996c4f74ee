namespace Lotse.Execution.Reporting;

/// <summary>What is told in several lines, in one.</summary>
internal static class OneLine
{
    /// <summary>A host's failure with its cure, without the host, which stands before it.</summary>
    public static string Of(string host, Exception failure)
    {
        var text = string.Join(
            ' ',
            failure.Message.Split(['\r', '\n'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        );
        var prefix = $"[{host}] ";
        return text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : text;
    }
}
