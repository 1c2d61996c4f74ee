using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Lotse.Registry.Http;

/// <summary>Writes a JSON body.</summary>
internal static class JsonResponse
{
    public const string PlainJson = "application/json";

    public static async Task WriteAsync(
        HttpResponse response,
        int status,
        string contentType,
        Action<Utf8JsonWriter> write
    )
    {
        var body = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body))
        {
            write(json);
        }

        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = body.WrittenCount;
        await response.Body.WriteAsync(body.WrittenMemory, response.HttpContext.RequestAborted);
    }
}
