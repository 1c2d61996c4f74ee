namespace Lotse.Testing.Servers;

/// <summary>How a script ended that ran on a server.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">What it wrote to standard output.</param>
/// <param name="Error">What it wrote to standard error.</param>
public sealed record ServerAnswer(long ExitCode, string Output, string Error);

/// <summary>Bytes that crossed a server's network interface since it was connected.</summary>
/// <param name="Received">By the server.</param>
/// <param name="Sent">By the server.</param>
public readonly record struct InterfaceBytes(long Received, long Sent)
{
    /// <summary>What crossed since an earlier reading.</summary>
    public InterfaceBytes Since(InterfaceBytes earlier) => new(Received - earlier.Received, Sent - earlier.Sent);
}
