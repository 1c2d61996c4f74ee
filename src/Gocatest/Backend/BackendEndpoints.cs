using System.Globalization;
using System.Text.Json;
using Gocatest.Contracts;
using Gocatest.Hosting;
using Gocatest.Live;
using Gocatest.Notes;
using Gocatest.Storage;
using Microsoft.AspNetCore.Routing;

namespace Gocatest.Backend;

/// <summary>The JSON API on the backend's port.</summary>
internal sealed class BackendEndpoints(
    ReleaseAnswer release,
    NoteStore store,
    DatabaseGate gate,
    PostLimit limit,
    Broadcast<BoardEvent> live,
    TimeProvider time,
    CancellationToken stopping
)
{
    private const int MostNotes = 200;
    private const int UsualNotes = 50;

    private static readonly TimeSpan PingPatience = TimeSpan.FromSeconds(1);
    private static readonly string[] Reading = ["GET", "HEAD"];

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/up", Reading, (RequestDelegate)(c => c.Response.WritePlainAsync("OK\n")));
        routes.MapMethods("/health", Reading, (RequestDelegate)HealthAsync);
        routes.MapMethods("/api/release", Reading, (RequestDelegate)ReleaseAsync);
        routes.MapMethods("/api/notes", Reading, (RequestDelegate)ListAsync);
        routes.MapPost("/api/notes", (RequestDelegate)StoreAsync);
        routes.MapGet("/api/live", (RequestDelegate)LiveAsync);
    }

    private Task ReleaseAsync(HttpContext context) =>
        context.Response.WriteJsonAsync(200, release with { Database = gate.State }, BoardJson.Default.ReleaseAnswer);

    private async Task HealthAsync(HttpContext context)
    {
        var reason = await FindFaultAsync(context.RequestAborted);
        var status = reason is null ? HealthAnswer.Healthy : HealthAnswer.Unhealthy;
        var answer = new HealthAnswer
        {
            Status = status,
            Version = release.Version,
            Host = release.Host,
            Database = new HealthAnswer { Status = status, Reason = reason },
        };
        await context.Response.WriteJsonAsync(reason is null ? 200 : 503, answer, BoardJson.Default.HealthAnswer);
    }

    /// <summary>Null when the database answers in time.</summary>
    private async Task<string?> FindFaultAsync(CancellationToken aborted)
    {
        using var patience = new CancellationTokenSource(PingPatience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(aborted, patience.Token);
        try
        {
            await store.PingAsync(either.Token);
            return null;
        }
        catch (DatabaseAwayException e)
        {
            return e.Message;
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            return $"The database did not answer within {PingPatience.TotalMilliseconds:0} ms.";
        }
    }

    private async Task ListAsync(HttpContext context)
    {
        var limit = (int)Number(context.Request, "limit", UsualNotes, 1, MostNotes);
        var after = Number(context.Request, "after", 0, 0, long.MaxValue);
        var notes = await store.RecentAsync(after, limit, context.RequestAborted);
        await context.Response.WriteJsonAsync(200, new NotesAnswer { Notes = notes }, BoardJson.Default.NotesAnswer);
    }

    private async Task StoreAsync(HttpContext context)
    {
        var draft = NoteRules.Tidy(await ReadAsync(context));
        if (NoteRules.Problems(draft) is { Count: > 0 } errors)
        {
            const string title = "The note cannot be stored as it is.";
            throw new Refusal(
                new Problem
                {
                    Status = 422,
                    Title = title,
                    Errors = errors,
                }
            );
        }

        if (limit.Take(ClientAddress.Of(context)) is { } wait)
        {
            var seconds = (int)Math.Ceiling(wait.TotalSeconds);
            var problem = Refusal.Because(429, "Too many notes.", $"Try again in {seconds} seconds.").Problem;
            throw new Refusal(problem) { RetryAfter = seconds };
        }

        var note = await store.AddAsync(draft, release.Version, release.Host, context.RequestAborted);
        await context.Response.WriteJsonAsync(201, note, BoardJson.Default.Note);
    }

    private static async Task<NoteDraft> ReadAsync(HttpContext context)
    {
        if (!context.Request.HasJsonContentType())
        {
            throw Refusal.Because(415, "Send the note as application/json.");
        }

        try
        {
            return await context.Request.ReadFromJsonAsync(BoardJson.Default.NoteDraft, context.RequestAborted)
                ?? new NoteDraft();
        }
        catch (JsonException e)
        {
            throw Refusal.Because(400, "The body is not the JSON of a note.", $"Look at {e.Path ?? "$"}.");
        }
    }

    private Task LiveAsync(HttpContext context)
    {
        var stream = new EventStream(context.Response, time, stopping);
        return stream.RunAsync(async cancel =>
        {
            using var subscription = live.Subscribe();
            await SendAsync(new BoardEvent.DatabaseChanged(gate.State));
            await stream.FollowAsync(subscription.Items, SendAsync, cancel);

            Task SendAsync(BoardEvent item) =>
                item switch
                {
                    BoardEvent.NoteStored stored => stream.SendAsync(
                        LiveEvents.Note,
                        JsonSerializer.Serialize(stored.Note, BoardJson.Default.Note),
                        stored.Note.Id,
                        cancel
                    ),
                    BoardEvent.DatabaseChanged changed => stream.SendAsync(
                        LiveEvents.Database,
                        JsonSerializer.Serialize(
                            new DatabaseAnswer { Database = changed.State },
                            BoardJson.Default.DatabaseAnswer
                        ),
                        null,
                        cancel
                    ),
                    _ => throw new InvalidOperationException($"{item} has no form on the wire"),
                };
        });
    }

    private static long Number(HttpRequest request, string name, long fallback, long least, long most)
    {
        var given = request.Query[name].ToString();
        if (given.Length == 0)
        {
            return fallback;
        }

        return
            long.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= least
            && number <= most
            ? number
            : throw Refusal.Because(400, $"'{name}' is not usable.", $"Use a whole number from {least} to {most}.");
    }
}
