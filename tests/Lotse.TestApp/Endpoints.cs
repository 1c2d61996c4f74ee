namespace Lotse.TestApp;

internal static class Endpoints
{
    public static void Map(WebApplication app)
    {
        var settings = app.Services.GetRequiredService<AppSettings>();
        var time = app.Services.GetRequiredService<TimeProvider>();
        var stopping = app.Lifetime.ApplicationStopping;
        app.Use(
            (context, next) =>
            {
                context.Response.Headers["X-Version"] = settings.Version;
                return next(context);
            }
        );
        app.MapGet("/", (HttpContext context) => context.Response.WriteAsync($"version {settings.Version}\n"));
        app.MapGet("/up", (HttpContext context) => AnswerHealth(context, settings));
        app.MapGet("/slow", (HttpContext context, int ms) => AnswerSlowly(context, settings, time, ms));
        app.MapGet("/stream", (HttpContext context, int chunks, int ms) => StreamAsync(context, time, chunks, ms));
        app.MapPost("/echo", EchoAsync);
        app.Map("/ws", (HttpContext context) => WebSocketEcho.RunAsync(context, stopping));
    }

    private static Task AnswerHealth(HttpContext context, AppSettings settings)
    {
        if (settings.Does(Misbehaviour.Health404) || settings.Does(Misbehaviour.Health500))
        {
            context.Response.StatusCode = settings.Does(Misbehaviour.Health404) ? 404 : 500;
            return context.Response.WriteAsync("unhealthy: told to misbehave\n", context.RequestAborted);
        }

        return context.Response.WriteAsync("OK\n", context.RequestAborted);
    }

    private static async Task AnswerSlowly(HttpContext context, AppSettings settings, TimeProvider time, int ms)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(ms), time, context.RequestAborted);
        await context.Response.WriteAsync($"version {settings.Version}\n", context.RequestAborted);
    }

    private static async Task StreamAsync(HttpContext context, TimeProvider time, int chunks, int ms)
    {
        for (var i = 0; i < chunks; i++)
        {
            await context.Response.WriteAsync($"chunk {i}\n", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await Task.Delay(TimeSpan.FromMilliseconds(ms), time, context.RequestAborted);
        }
    }

    private static async Task EchoAsync(HttpContext context)
    {
        context.Response.ContentType = context.Request.ContentType;
        await context.Request.Body.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}
