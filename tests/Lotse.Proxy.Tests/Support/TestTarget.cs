using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Lotse.Proxy.Tests.Support;

/// <summary>An application behind the proxy, on a port of its own.</summary>
internal sealed class TestTarget : IAsyncDisposable
{
    private readonly WebApplication app;

    private TestTarget(WebApplication app, string name)
    {
        this.app = app;
        Name = name;
    }

    public string Name { get; }

    /// <summary>The status that the health path answers with.</summary>
    public int Health { get; set; } = 200;

    /// <summary><c>host:port</c>.</summary>
    public string Address => new Uri(app.Urls.First()).Authority;

    /// <param name="name">What it answers with, unless the handler does something else.</param>
    /// <param name="handle">Its behaviour; null answers its name.</param>
    /// <param name="port">The port; 0 takes any.</param>
    /// <param name="protocols">What it speaks.</param>
    public static async Task<TestTarget> StartAsync(
        string name,
        RequestDelegate? handle = null,
        int port = 0,
        HttpProtocols protocols = HttpProtocols.Http1
    )
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel =>
            {
                kestrel.AddServerHeader = false;
                kestrel.Limits.MaxRequestBodySize = null;
                kestrel.Listen(System.Net.IPAddress.Loopback, port, listen => listen.Protocols = protocols);
            });
        var app = builder.Build();
        var target = new TestTarget(app, name);
        app.UseWebSockets();
        app.Run(context => target.HandleAsync(context, handle));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return target;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(0);
        await app.StopAsync(now.Token);
        await app.DisposeAsync();
    }

    private Task HandleAsync(HttpContext context, RequestDelegate? handle)
    {
        if (context.Request.Path == "/up")
        {
            context.Response.StatusCode = Health;
            return Health == 200 ? Task.CompletedTask : context.Response.WriteAsync($"not {Name} yet");
        }

        return handle?.Invoke(context) ?? context.Response.WriteAsync(Name);
    }
}
