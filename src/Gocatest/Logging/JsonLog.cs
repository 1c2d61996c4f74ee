using System.Globalization;
using System.Text.Json;

namespace Gocatest.Logging;

/// <summary>Writes each event as one JSON line.</summary>
internal sealed class JsonLog(Stream output, TimeProvider time)
{
    private readonly Lock gate = new();

    public void Info(string name, string? message = null) => Write(Line("info", name, message));

    public void Warn(string name, string message) => Write(Line("warn", name, message));

    public void Error(string name, string message, Exception? exception = null) =>
        Write(Line("error", name, message) with { Error = exception?.ToString() });

    /// <summary>Stamps the line with the time and writes it whole.</summary>
    public void Write(LogLine line)
    {
        var stamp = time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        var bytes = JsonSerializer.SerializeToUtf8Bytes(line with { Time = stamp }, LogJson.Default.LogLine);
        lock (gate)
        {
            output.Write([.. bytes, (byte)'\n']);
            output.Flush();
        }
    }

    private static LogLine Line(string level, string name, string? message) =>
        new()
        {
            Level = level,
            Event = name,
            Message = message,
        };
}
