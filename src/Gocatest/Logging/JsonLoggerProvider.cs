using Microsoft.Extensions.Logging;

namespace Gocatest.Logging;

/// <summary>Brings what the web server itself has to say (warnings and worse) into the same log.</summary>
internal sealed class JsonLoggerProvider(JsonLog log) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new Forwarder(log, categoryName);

    public void Dispose() { }

    private sealed class Forwarder(JsonLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (logLevel == LogLevel.Warning)
            {
                log.Warn(category, formatter(state, exception));
            }
            else if (IsEnabled(logLevel))
            {
                log.Error(category, formatter(state, exception), exception);
            }
        }
    }
}
