using System.Text;
using Nuke.Common.Execution;
using Serilog.Core;
using Serilog.Events;

namespace Nuke.Common.Output;

/// <summary>Keeps the whole log of the last run in <c>.nuke/temp/build.log</c>, stack traces included.</summary>
internal sealed class FileSink(BuildContext context) : ILogEventSink, IDisposable
{
    private readonly Lock gate = new();
    private StreamWriter? writer;

    public void Emit(LogEvent logEvent)
    {
        var text = LogText.Of(logEvent, withTrace: true);
        lock (gate)
        {
            writer ??= Open();
            writer.WriteLine($"{context.Time.GetLocalNow():HH:mm:ss.fff} [{LogText.Of(logEvent.Level)}] {text}");
        }
    }

    public void Dispose()
    {
        lock (gate)
            writer?.Dispose();
    }

    // Builds that run at once write to one file: the last one to start has it.
    private StreamWriter Open()
    {
        var path = context.TemporaryDirectory / "build.log";
        var stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        return new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true };
    }
}
