using Nuke.Common.Execution;
using Serilog.Core;
using Serilog.Events;

namespace Nuke.Common.Output;

/// <summary>Writes log events as <c>HH:mm:ss [INF] text</c>, and marks problems on the page of a GitHub run.</summary>
internal sealed class ConsoleSink(BuildContext context, BuildConsole console) : ILogEventSink
{
    private readonly LogEventLevel minimum = context.Verbosity switch
    {
        Verbosity.Verbose => LogEventLevel.Verbose,
        Verbosity.Normal => LogEventLevel.Debug,
        Verbosity.Minimal => LogEventLevel.Warning,
        _ => LogEventLevel.Error,
    };

    public void Emit(LogEvent logEvent)
    {
        var text = LogText.Of(logEvent, withTrace: context.Verbosity == Verbosity.Verbose);
        if (logEvent.Level >= minimum)
            Write(logEvent.Level, $"{context.Time.GetLocalNow():HH:mm:ss} [{LogText.Of(logEvent.Level)}] {text}");

        if (console.IsGitHubActions && logEvent.Level >= LogEventLevel.Warning)
            console.Annotate(logEvent.Level == LogEventLevel.Warning ? "warning" : "error", text);
    }

    private void Write(LogEventLevel level, string line)
    {
        if (level >= LogEventLevel.Error)
            console.Error(line);
        else if (level == LogEventLevel.Warning)
            console.Warning(line);
        else if (level == LogEventLevel.Information)
            console.Line(line);
        else
            console.Muted(line);
    }
}
