using System.Net;
using System.Text;

namespace Lotse.Proxy.Forwarding;

/// <summary>The pages that the proxy itself answers with.</summary>
internal static class ErrorPages
{
    /// <param name="context">The request.</param>
    /// <param name="status">The status.</param>
    /// <param name="message">What the page says, as plain text; empty for what the status says by itself.</param>
    public static async Task WriteAsync(HttpContext context, int status, string message = "")
    {
        var (title, text) = status switch
        {
            StatusCodes.Status404NotFound => ("Not found", "No site is served under this name."),
            StatusCodes.Status413PayloadTooLarge => ("Too large", "The request is larger than this site takes."),
            StatusCodes.Status503ServiceUnavailable => (
                "Unavailable",
                "The site is not ready yet. Please try again in a moment."
            ),
            StatusCodes.Status504GatewayTimeout => ("Timed out", "The site took too long to answer. Please try again."),
            StatusCodes.Status502BadGateway => (
                "Bad gateway",
                "The site could not be reached. Please try again in a moment."
            ),
            _ => ("Error", "The request could not be served."),
        };
        var page = Encoding.UTF8.GetBytes(
            $$"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{{status}} {{title}}</title>
            <style>:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;display:grid;place-content:center;min-height:90vh;margin:0;padding:1rem;text-align:center}h1{font-size:1.4rem;margin:0}p{opacity:.75}</style>
            </head><body><h1>{{status}} · {{title}}</h1><p>{{(
                message.Length == 0 ? text : WebUtility.HtmlEncode(message)
            )}}</p></body></html>

            """
        );
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.ContentLength = page.Length;
        context.Response.Headers.CacheControl = "no-store";
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(page, context.RequestAborted);
        }
    }
}
