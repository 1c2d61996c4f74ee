namespace Lotse.Execution.Deployments;

/// <summary>Judges whether an engine is new enough. Pure.</summary>
internal static class EngineRule
{
    /// <summary>The oldest engine that deploys are tried with; it speaks version 1.41 of the Engine API.</summary>
    public static readonly Version Oldest = new(20, 10);

    /// <summary>What is wrong; null when nothing is, or when the engine gives no version that can be compared.</summary>
    /// <param name="version">As the engine says it: <c>20.10.24+dfsg1</c>.</param>
    public static string? Judge(string version)
    {
        var digits = version.TakeWhile(c => char.IsAsciiDigit(c) || c == '.').ToArray();
        return Version.TryParse(new string(digits).TrimEnd('.'), out var found) && found < Oldest
            ? $"its engine is Docker {version}; {Oldest} is the oldest that works. Bring it up to date: https://docs.docker.com/engine/install/."
            : null;
    }
}
