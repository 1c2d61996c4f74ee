using Lotse.Registry.Transfers;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Lotse.Registry.Http;

/// <summary>Sends a stored file, or a part of it, without ever holding more than a buffer of it.</summary>
internal static class ContentResponse
{
    public const string Binary = "application/octet-stream";

    private const int BufferSize = 128 * 1024;

    /// <summary>Sets the headers by which clients check what they get.</summary>
    public static void Describe(HttpResponse response, Digest digest, string contentType)
    {
        response.ContentType = contentType;
        response.Headers["Docker-Content-Digest"] = digest.ToString();
        response.Headers.ETag = $"\"{digest}\"";
        response.Headers.AcceptRanges = "bytes";
    }

    public static async Task SendAsync(
        HttpContext context,
        FileStream file,
        Digest digest,
        string contentType,
        Transfer transfer
    )
    {
        Describe(context.Response, digest, contentType);
        var (start, length) = Select(context, file.Length, digest);
        context.Response.ContentLength = length;
        transfer.TotalBytes = length;
        try
        {
            await CopyAsync(context, file, start, length, transfer);
            transfer.Completed();
        }
        catch (Exception error)
        {
            transfer.Failed(error.Message);
            throw;
        }
    }

    /// <summary>The part asked for (RFC 9110, section 14). Several parts at once are answered with the whole.</summary>
    private static (long Start, long Length) Select(HttpContext context, long size, Digest digest)
    {
        var headers = context.Request.GetTypedHeaders();
        if (
            headers.Range is not { Ranges.Count: 1 } range
            || range.Unit != "bytes"
            || headers.IfRange is { } condition && condition.EntityTag?.Tag != $"\"{digest}\""
        )
        {
            return (0, size);
        }

        var (start, end) = Bounds(range.Ranges.First(), size);
        if (start > end)
        {
            context.Response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
            context.Response.Headers.ContentRange = $"bytes */{size}";
            return (0, 0);
        }

        context.Response.StatusCode = StatusCodes.Status206PartialContent;
        context.Response.Headers.ContentRange = $"bytes {start}-{end}/{size}";
        return (start, end - start + 1);
    }

    private static (long Start, long End) Bounds(RangeItemHeaderValue range, long size) =>
        range.From is { } from
            ? (from, Math.Min(range.To ?? long.MaxValue, size - 1))
            : (Math.Max(size - range.To!.Value, 0), size - 1);

    private static async Task CopyAsync(
        HttpContext context,
        FileStream file,
        long start,
        long length,
        Transfer transfer
    )
    {
        var body = context.Response.BodyWriter;
        for (var sent = 0L; sent < length; )
        {
            var memory = body.GetMemory((int)Math.Min(BufferSize, length - sent));
            var wanted = memory[..(int)Math.Min(memory.Length, length - sent)];
            var count = await RandomAccess.ReadAsync(file.SafeFileHandle, wanted, start + sent);
            if (count == 0)
            {
                throw new EndOfStreamException($"{file.Name} became shorter while it was sent.");
            }

            body.Advance(count);
            var flushed = await body.FlushAsync(context.RequestAborted);
            if (flushed.IsCompleted)
            {
                throw new OperationCanceledException("The client closed the connection.");
            }

            sent += count;
            transfer.Moved(count);
        }
    }
}
