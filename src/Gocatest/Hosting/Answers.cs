using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Gocatest.Contracts;

namespace Gocatest.Hosting;

/// <summary>Writes whole answers.</summary>
internal static class Answers
{
    public static Task WriteJsonAsync<T>(this HttpResponse response, int status, T value, JsonTypeInfo<T> type)
    {
        response.Headers.CacheControl = "no-store";
        return response.WriteBytesAsync(
            status,
            "application/json; charset=utf-8",
            JsonSerializer.SerializeToUtf8Bytes(value, type)
        );
    }

    public static Task WriteProblemAsync(this HttpResponse response, Problem problem, int? retryAfter = null)
    {
        response.Headers.CacheControl = "no-store";
        if (retryAfter is { } seconds)
        {
            response.Headers.RetryAfter = $"{seconds}";
        }

        return response.WriteBytesAsync(
            problem.Status,
            Problem.ContentType,
            JsonSerializer.SerializeToUtf8Bytes(problem, BoardJson.Default.Problem)
        );
    }

    public static Task WritePlainAsync(this HttpResponse response, string text)
    {
        response.Headers.CacheControl = "no-store";
        return response.WriteBytesAsync(200, "text/plain; charset=utf-8", System.Text.Encoding.UTF8.GetBytes(text));
    }

    public static async Task WriteBytesAsync(this HttpResponse response, int status, string type, byte[] body)
    {
        response.StatusCode = status;
        response.ContentType = type;
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, response.HttpContext.RequestAborted);
    }
}
