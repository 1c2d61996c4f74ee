using System.Buffers;
using System.Text.Json;
using System.Threading.Channels;
using Lotse.Proxy.Targets;

namespace Lotse.Proxy.Forwarding;

/// <summary>
/// The access log: a line of JSON for each request, written off the request's path and in batches. When the log's reader is so slow that the queue is
/// full, lines are dropped rather than requests held up, and their number is logged.
/// </summary>
internal sealed class AccessLog : IAsyncDisposable
{
    private readonly Channel<Entry>? queue;
    private readonly Stream output;
    private readonly TimeProvider time;
    private readonly Task writer;
    private long dropped;

    public AccessLog(Stream output, TimeProvider time, bool isOn)
    {
        this.output = output;
        this.time = time;
        if (!isOn)
        {
            writer = Task.CompletedTask;
            return;
        }

        queue = Channel.CreateBounded<Entry>(
            new BoundedChannelOptions(32 * 1024) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite },
            _ => Interlocked.Increment(ref dropped)
        );
        writer = Task.Run(WriteAllAsync);
    }

    public void Write(HttpContext context, string? service, Binding? binding, string requestId, TimeSpan took) =>
        queue?.Writer.TryWrite(
            new Entry
            {
                At = time.GetUtcNow(),
                Host = context.Request.Host.Value ?? "",
                Method = context.Request.Method,
                Path = context.Request.Path.Value ?? "",
                Query = context.Request.QueryString.Value ?? "",
                Protocol = context.Request.Protocol,
                Status = context.Response.StatusCode,
                Milliseconds = took.TotalMilliseconds,
                RequestBytes = context.Request.ContentLength,
                ResponseBytes = context.Response.ContentLength,
                Service = service,
                Target = binding?.Target.Address,
                Remote = context.Connection.RemoteIpAddress?.ToString() ?? "",
                RequestId = requestId,
                RequestHeaders = Pick(binding?.Options.LogRequestHeaders ?? [], context.Request.Headers),
                ResponseHeaders = Pick(binding?.Options.LogResponseHeaders ?? [], context.Response.Headers),
            }
        );

    public async ValueTask DisposeAsync()
    {
        queue?.Writer.TryComplete();
        await writer;
    }

    private static (string Name, string Value)[]? Pick(IReadOnlyList<string> names, IHeaderDictionary headers) =>
        names.Count == 0 ? null : [.. names.Where(headers.ContainsKey).Select(n => (n, headers[n].ToString()))];

    private async Task WriteAllAsync()
    {
        var buffer = new ArrayBufferWriter<byte>(64 * 1024);
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true });
        while (await queue!.Reader.WaitToReadAsync())
        {
            while (buffer.WrittenCount < 60 * 1024 && queue.Reader.TryRead(out var entry))
            {
                WriteLine(json, buffer, entry);
            }

            await output.WriteAsync(buffer.WrittenMemory);
            await output.FlushAsync();
            buffer.ResetWrittenCount();
        }
    }

    private void WriteLine(Utf8JsonWriter json, ArrayBufferWriter<byte> buffer, Entry entry)
    {
        json.Reset();
        json.WriteStartObject();
        json.WriteString("time"u8, entry.At);
        json.WriteString("msg"u8, "Request"u8);
        json.WriteString("host"u8, entry.Host);
        json.WriteString("method"u8, entry.Method);
        json.WriteString("path"u8, entry.Path);
        json.WriteString("query"u8, entry.Query);
        json.WriteString("proto"u8, entry.Protocol);
        json.WriteNumber("status"u8, entry.Status);
        json.WriteNumber("duration_ms"u8, Math.Round(entry.Milliseconds, 3));
        WriteOptional(json, "request_bytes"u8, entry.RequestBytes);
        WriteOptional(json, "response_bytes"u8, entry.ResponseBytes);
        json.WriteString("service"u8, entry.Service);
        json.WriteString("target"u8, entry.Target);
        json.WriteString("remote"u8, entry.Remote);
        json.WriteString("request_id"u8, entry.RequestId);
        WriteHeaders(json, "req_headers"u8, entry.RequestHeaders);
        WriteHeaders(json, "resp_headers"u8, entry.ResponseHeaders);
        if (Interlocked.Exchange(ref dropped, 0) is > 0 and var lost)
        {
            json.WriteNumber("lines_dropped_before"u8, lost);
        }

        json.WriteEndObject();
        json.Flush();
        buffer.Write("\n"u8);
    }

    private static void WriteOptional(Utf8JsonWriter json, ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
    }

    private static void WriteHeaders(
        Utf8JsonWriter json,
        ReadOnlySpan<byte> name,
        (string Name, string Value)[]? headers
    )
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

    private readonly record struct Entry
    {
        public DateTimeOffset At { get; init; }
        public string Host { get; init; }
        public string Method { get; init; }
        public string Path { get; init; }
        public string Query { get; init; }
        public string Protocol { get; init; }
        public int Status { get; init; }
        public double Milliseconds { get; init; }
        public long? RequestBytes { get; init; }
        public long? ResponseBytes { get; init; }
        public string? Service { get; init; }
        public string? Target { get; init; }
        public string Remote { get; init; }
        public string RequestId { get; init; }
        public (string Name, string Value)[]? RequestHeaders { get; init; }
        public (string Name, string Value)[]? ResponseHeaders { get; init; }
    }
}
