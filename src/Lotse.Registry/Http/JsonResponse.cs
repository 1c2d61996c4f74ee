using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Lotse.Registry.Http;

/// <summary>Answers with a JSON body.</summary>
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
        var body = JsonText.Write(write);
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, response.HttpContext.RequestAborted);
    }
}
