using Nuke.Common.Execution;
using Serilog;
using Serilog.Events;

namespace Nuke.Common.Output;

/// <summary>Sets up <see cref="Log" /> for one run.</summary>
internal static class Logging
{
    /// <summary>Sends the log to the console and to <c>.nuke/temp/build.log</c>, until disposed.</summary>
    public static IDisposable Start(BuildContext context, BuildConsole console)
    {
        var previous = Log.Logger;
        var file = new FileSink(context);
        var logger = new LoggerConfiguration()
            .MinimumLevel.Is(LogEventLevel.Verbose)
            .WriteTo.Sink(new ConsoleSink(context, console))
            .WriteTo.Sink(file)
            .CreateLogger();
        Log.Logger = logger;
        return new Scope(() =>
        {
            Log.Logger = previous;
            logger.Dispose();
        });
    }
}
