using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Lotse.Proxy.Forwarding;

/// <summary>Turns lines of the access log into JSON.</summary>
internal sealed class LogLineWriter(IBufferWriter<byte> output) : IDisposable
{
    private readonly Utf8JsonWriter json = new(
        output,
        // What HTML would need escaped, a log line does not.
        new JsonWriterOptions { SkipValidation = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
    );

    /// <param name="line">The line.</param>
    /// <param name="lost">How many lines were dropped before this one.</param>
    public void Write(LogLine line, long lost)
    {
        json.Reset();
        json.WriteStartObject();
        json.WriteString("time"u8, line.At);
        json.WriteString("host"u8, line.Host);
        json.WriteString("method"u8, line.Method);
        json.WriteString("path"u8, line.Path);
        json.WriteString("query"u8, line.Query);
        json.WriteString("proto"u8, line.Protocol);
        json.WriteNumber("status"u8, line.Status);
        json.WriteNumber("duration_ms"u8, Math.Round(line.Took.TotalMilliseconds, 3));
        WriteOptional("request_bytes"u8, line.RequestBytes);
        WriteOptional("response_bytes"u8, line.ResponseBytes);
        json.WriteString("service"u8, line.Route?.Service);
        json.WriteString("target"u8, line.Route?.Binding?.Target.Address);
        json.WriteString("remote"u8, Text(line.Remote));
        json.WriteString("user_agent"u8, line.UserAgent);
        json.WriteString("request_id"u8, line.RequestId);
        WriteHeaders("req_headers"u8, line.RequestHeaders);
        WriteHeaders("resp_headers"u8, line.ResponseHeaders);
        if (line.Fault is not null)
        {
            json.WriteString("fault"u8, line.Fault);
            json.WriteString("fault_text"u8, line.FaultText);
        }

        WriteOptional("lines_dropped_before"u8, lost == 0 ? null : lost);
        json.WriteEndObject();
        json.Flush();
        output.Write("\n"u8);
    }

    public void Dispose() => json.Dispose();

    private static string Text(System.Net.IPAddress? address) =>
        (address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address)?.ToString() ?? "";

    private void WriteOptional(ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
    }

    private void WriteHeaders(ReadOnlySpan<byte> name, (string Name, string Value)[]? headers)
    {
        if (headers is null || headers.Length == 0)
        {
            return;
        }

        json.WriteStartObject(name);
        foreach (var header in headers)
        {
            json.WriteString(header.Name, header.Value);
        }

        json.WriteEndObject();
    }
}
