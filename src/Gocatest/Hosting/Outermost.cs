using Gocatest.Contracts;
using Gocatest.Logging;
using Gocatest.Storage;

namespace Gocatest.Hosting;

/// <summary>Surrounds every request of a port: names us in the headers, answers failures, writes one log line.</summary>
internal sealed class Outermost(string listener, ReleaseAnswer release, JsonLog log, TimeProvider time)
{
    private const int ClientClosedRequest = 499;

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var started = time.GetTimestamp();
        SetHeaders(context.Response.Headers);
        var left = false;
        try
        {
            await next(context);
            await ExplainAsync(context.Response);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client hung up: nobody is left to tell, and nothing of ours is wrong.
            left = true;
        }
        catch (Exception e) when (context.Response.HasStarted)
        {
            // Only a cut connection still tells the client that the answer is not whole.
            log.Error("fault", $"{context.Request.Path} failed in the middle of its answer", e);
            context.Abort();
        }
        catch (Exception e)
        {
            await AnswerAsync(context.Response, e);
        }

        Write(context, left ? ClientClosedRequest : context.Response.StatusCode, time.GetElapsedTime(started));
    }

    private void SetHeaders(IHeaderDictionary headers)
    {
        headers["X-Version"] = release.Version;
        headers["X-Host"] = release.Host;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        // Not "no-referrer": browsers would then send "Origin: null" with our own form.
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.ContentSecurityPolicy =
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
            + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
    }

    private static Task ExplainAsync(HttpResponse response) =>
        (response.HasStarted, response.StatusCode) switch
        {
            (false, 404) => response.WriteProblemAsync(Refusal.Because(404, "There is nothing here.").Problem),
            (false, 405) => response.WriteProblemAsync(
                Refusal.Because(405, $"Use {response.Headers.Allow} here.").Problem
            ),
            _ => Task.CompletedTask,
        };

    private Task AnswerAsync(HttpResponse response, Exception e)
    {
        switch (e)
        {
            case Refusal refusal:
                return response.WriteProblemAsync(refusal.Problem, refusal.RetryAfter);
            case BadHttpRequestException bad:
                return response.WriteProblemAsync(Refusal.Because(bad.StatusCode, "The request is broken.").Problem);
            case DatabaseAwayException away:
                log.Warn("database-refused", (away.InnerException ?? away).Message);
                return response.WriteProblemAsync(
                    Refusal.Because(503, away.Message, "Try again in a moment.").Problem,
                    retryAfter: 1
                );
            default:
                log.Error("fault", $"{response.HttpContext.Request.Path} failed", e);
                return response.WriteProblemAsync(
                    Refusal.Because(500, "This failed on our side.", "The log of this release says why.").Problem
                );
        }
    }

    private void Write(HttpContext context, int status, TimeSpan duration) =>
        log.Write(
            new LogLine
            {
                Level = status >= 500 ? "error" : "info",
                Event = "request",
                Listener = listener,
                Method = context.Request.Method,
                Path = context.Request.Path,
                Status = status,
                Duration = Math.Round(duration.TotalMilliseconds, 2),
                Client = ClientAddress.Of(context),
                RequestId = RequestId(context),
                Version = release.Version,
                Host = release.Host,
            }
        );

    private static string RequestId(HttpContext context)
    {
        var given = context.Request.Headers["X-Request-Id"].ToString();
        return given.Length is > 0 and <= 128 ? given : context.TraceIdentifier;
    }
}
