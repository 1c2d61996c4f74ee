using System.Net.Http.Headers;
using System.Text;
using Gocatest.Contracts;
using Gocatest.Frontend.Assets;
using Gocatest.Frontend.Pages;
using Gocatest.Hosting;
using Gocatest.Live;
using Gocatest.Notes;
using Microsoft.AspNetCore.Routing;

namespace Gocatest.Frontend;

/// <summary>What a visitor's browser asks for, on the frontend's port.</summary>
internal sealed class FrontendEndpoints(
    ReleaseAnswer release,
    BackendClient backend,
    Broadcast<BoardEvent> pages,
    TimeProvider time,
    CancellationToken stopping
)
{
    private const string SeenCookie = "gocatest_seen";
    private const string FormType = "application/x-www-form-urlencoded";
    private static readonly TimeSpan SeenFor = TimeSpan.FromDays(365);
    private static readonly string[] Reading = ["GET", "HEAD"];

    // Hashing has to load a library: the first page may wait for that, the first probe need not.
    private readonly Lazy<AssetCatalog> assets = new();

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/up", Reading, (RequestDelegate)(c => c.Response.WritePlainAsync("OK\n")));
        routes.MapMethods("/health", Reading, (RequestDelegate)HealthAsync);
        routes.MapMethods("/", Reading, (RequestDelegate)BoardAsync);
        routes.MapMethods("/release", Reading, (RequestDelegate)ReleaseAsync);
        routes.MapMethods("/assets/{file}", Reading, (RequestDelegate)(c => assets.Value.AnswerAsync(c)));
        routes.MapGet("/live", (RequestDelegate)LiveAsync);
        routes.MapPost("/notes", (RequestDelegate)PostAsync);
    }

    private async Task HealthAsync(HttpContext context)
    {
        var behind = await backend.GetHealthAsync(context.RequestAborted);
        var answer = new HealthAnswer
        {
            Status = behind.Status,
            Version = release.Version,
            Host = release.Host,
            Backend = behind,
        };
        var status = behind.Status == HealthAnswer.Healthy ? 200 : 503;
        await context.Response.WriteJsonAsync(status, answer, BoardJson.Default.HealthAnswer);
    }

    private async Task ReleaseAsync(HttpContext context)
    {
        var answer = await backend.GetReleaseAsync(context.RequestAborted) ?? release;
        await context.Response.WriteJsonAsync(200, answer, BoardJson.Default.ReleaseAnswer);
    }

    private Task LiveAsync(HttpContext context)
    {
        var stream = new EventStream(context.Response, time, stopping);
        var page = new LivePage(stream, release, backend, pages, LivePage.After(context.Request));
        return stream.RunAsync(page.RunAsync);
    }

    private Task BoardAsync(HttpContext context) => ShowAsync(context, 200, new NoteDraft(), null);

    private async Task PostAsync(HttpContext context)
    {
        if (!OriginCheck.Allows(context.Request))
        {
            throw Refusal.Because(403, "Another site sent this form.", "Open the board itself and post there.");
        }

        var draft = await ReadAsync(context);
        var posting = await backend.PostAsync(draft, context);
        if (context.Request.Headers.Accept.ToString().StartsWith("application/json", StringComparison.Ordinal))
        {
            await AnswerScriptAsync(context.Response, posting);
        }
        else if (posting.Stored is { } note)
        {
            context.Response.StatusCode = 303;
            context.Response.Headers.Location = $"/#note-{note.Id}";
        }
        else
        {
            await ShowAsync(context, posting.Problem!.Status, draft, posting.Problem);
        }
    }

    private static Task AnswerScriptAsync(HttpResponse response, NotePosting posting) =>
        posting.Stored is { } note
            ? response.WriteJsonAsync(
                201,
                new StoredAnswer { Id = note.Id, Html = NoteView.Item(note).Markup },
                BoardJson.Default.StoredAnswer
            )
            : response.WriteProblemAsync(posting.Problem!, posting.RetryAfter);

    private static async Task<NoteDraft> ReadAsync(HttpContext context)
    {
        if (!MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type) || type.MediaType != FormType)
        {
            throw Refusal.Because(415, "Send the note as a form.");
        }

        try
        {
            var form = await context.Request.ReadFormAsync(context.RequestAborted);
            return new NoteDraft { Author = form["author"], Text = form["text"] };
        }
        catch (InvalidDataException e)
        {
            throw Refusal.Because(400, "The form cannot be read.", e.Message);
        }
    }

    private async Task ShowAsync(HttpContext context, int status, NoteDraft draft, Problem? problem)
    {
        var asked = backend.GetReleaseAsync(context.RequestAborted);
        var notes = await backend.GetNotesAsync(0, context.RequestAborted);
        var model = new BoardModel
        {
            Release = await asked ?? release,
            Previous = Seen(context),
            Now = time.GetUtcNow(),
            Notes = notes,
            Draft = draft,
            Problem = problem,
        };
        context.Response.Headers.CacheControl = "private, no-cache";
        var page = new BoardPage(assets.Value).Render(model);
        await context.Response.WriteBytesAsync(status, "text/html; charset=utf-8", Encoding.UTF8.GetBytes(page.Markup));
    }

    /// <summary>The version of the visitor's previous answer; from now on it is ours.</summary>
    private string? Seen(HttpContext context)
    {
        var options = new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Lax,
            Secure = context.Request.IsHttps || context.Request.Headers["X-Forwarded-Proto"] == "https",
            MaxAge = SeenFor,
            Path = "/",
        };
        context.Response.Cookies.Append(SeenCookie, release.Version, options);
        return context.Request.Cookies[SeenCookie] is { Length: > 0 and <= 128 } seen ? seen : null;
    }
}
