using System.Net;
using Gocatest.Contracts;
using Gocatest.Logging;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Gocatest.Hosting;

/// <summary>One port with its routes.</summary>
/// <remarks>
/// Each port is a server of its own so that they stop one after the other: the frontend's last requests still need the
/// backend.
/// </remarks>
internal sealed class PortHost : IAsyncDisposable
{
    /// <summary>The longest body accepted, in bytes: the longest note fits in, however it is encoded.</summary>
    private const int LongestBody = 16 * 1024;

    private readonly WebApplication app;

    private PortHost(WebApplication app) => this.app = app;

    /// <summary>The port it listens on.</summary>
    public int Port { get; private set; }

    /// <exception cref="IOException">The port cannot be had.</exception>
    public static async Task<PortHost> StartAsync(
        string name,
        IPAddress? address,
        int port,
        Action<IEndpointRouteBuilder> map,
        ReleaseAnswer release,
        JsonLog log,
        TimeProvider time
    )
    {
        // Empty: ASPNETCORE_ variables and settings files have no say here.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Listen(kestrel, address, port));
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddProvider(new JsonLoggerProvider(log));
        var app = builder.Build();
        app.Use(next =>
        {
            var outermost = new Outermost(name, release, log, time);
            return context => outermost.InvokeAsync(context, next);
        });
        map(app);
        var host = new PortHost(app);
        try
        {
            await app.StartAsync();
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }

        host.Port = BoundPort(app);
        return host;
    }

    /// <summary>Stops accepting, waits for requests in flight, cuts what is left when the token is cancelled.</summary>
    public Task StopAsync(CancellationToken patience) => app.StopAsync(patience);

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private static void Listen(KestrelServerOptions kestrel, IPAddress? address, int port)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = LongestBody;
        if (address is null)
        {
            kestrel.ListenAnyIP(port);
        }
        else
        {
            kestrel.Listen(address, port);
        }
    }

    private static int BoundPort(WebApplication app)
    {
        var server = app.Services.GetRequiredService<IServer>();
        var bound = server.Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return BindingAddress.Parse(bound).Port;
    }

    /// <summary>The process as a whole listens to signals, not each port.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
