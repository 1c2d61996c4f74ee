using Microsoft.Extensions.Logging;

namespace Lotse.Hosts.Ssh.Access.Dialing;

/// <summary>
/// What a server says when it ends a connection by itself (SSH_MSG_DISCONNECT, RFC 4253, section 11.1). SSH.NET tells it to its log alone: whatever waits on the
/// connection only learns that it is gone.
/// </summary>
internal sealed class Farewell : ILoggerFactory, ILogger
{
    /// <summary>The name of the value that SSH.NET logs it under.</summary>
    private const string Value = "MessageDescription";
    private const int Longest = 200;

    /// <summary>The server's words; null as long as it has said nothing.</summary>
    public string? Text { get; private set; }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => this;

    /// <summary>It is told as information; what is below that tells of each packet.</summary>
    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    /// <inheritdoc/>
    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        if (state is IReadOnlyList<KeyValuePair<string, object?>> values)
        {
            Text ??= values.FirstOrDefault(v => v.Key == Value).Value is string text ? Readable(text) : null;
        }
    }

    /// <summary>Whoever shows a server's words is to take out what would steer a terminal (RFC 4253, section 11.1).</summary>
    private static string Readable(string text) =>
        string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c).Take(Longest)).Trim();

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    /// <inheritdoc/>
    public void Dispose() { }
}
