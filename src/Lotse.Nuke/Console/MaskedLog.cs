using System.Globalization;
using Lotse.Execution.Reporting;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Parsing;

namespace Lotse.Nuke.Console;

/// <summary>Takes what is logged, hides secrets in it, and passes it on.</summary>
/// <param name="log">The log behind it.</param>
/// <param name="mask">Hides the secrets.</param>
internal sealed class MaskedLog(ILogger log, SecretMask mask) : ILogEventSink
{
    private static readonly MessageTemplateParser Parser = new();

    /// <summary>A log that hides secrets before another one.</summary>
    public static ILogger Before(ILogger log, SecretMask mask) =>
        new LoggerConfiguration().MinimumLevel.Verbose().WriteTo.Sink(new MaskedLog(log, mask)).CreateLogger();

    /// <inheritdoc/>
    public void Emit(LogEvent logEvent) => log.Write(Hide(logEvent));

    private LogEvent Hide(LogEvent happened)
    {
        var text = happened.RenderMessage(CultureInfo.InvariantCulture);
        var trace = happened.Exception?.ToString() ?? "";
        var (shownText, shownTrace) = (mask.Apply(text), mask.Apply(trace));
        if (shownText == text && shownTrace == trace)
        {
            return happened;
        }

        return new LogEvent(
            happened.Timestamp,
            happened.Level,
            happened.Exception is { } failure && shownTrace != trace
                ? new MaskedException(mask.Apply(failure.Message))
                : happened.Exception,
            // No properties any more: braces of the text are no places for them.
            Parser.Parse(
                shownText.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal)
            ),
            []
        );
    }
}

/// <summary>A failure whose own text, or that of a cause, showed a secret.</summary>
/// <param name="message">The text without it.</param>
internal sealed class MaskedException(string message) : Exception(message);
