using Lotse.Proxy.Contract;
using Lotse.Proxy.Forwarding;
using Lotse.Proxy.Health;
using Lotse.Proxy.State;
using Lotse.Proxy.Switching;
using Lotse.Proxy.Targets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Yarp.ReverseProxy.Forwarder;

namespace Lotse.Proxy.Commands;

/// <summary>The running proxy: the edge's port, and the control socket for the other commands.</summary>
internal static class ProxyServer
{
    /// <summary>The control socket's name in the state folder.</summary>
    public const string SocketName = "control.sock";

    public static async Task<int> RunAsync(RunCommand run, TimeProvider time)
    {
        await using var app = await StartAsync(run, time, Console.OpenStandardOutput());
        await app.WaitForShutdownAsync();
        return 0;
    }

    /// <summary>Starts the proxy; disposal stops it.</summary>
    public static async Task<WebApplication> StartAsync(RunCommand run, TimeProvider time, Stream log)
    {
        var socket = Path.Combine(run.StateFolder, SocketName);
        PrepareFolder(run.StateFolder, socket);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddSimpleConsole(o => o.SingleLine = true).SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel => Configure(kestrel, run, socket));
        // An engine kills ten seconds after it asked to stop: what is in flight has until shortly before.
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(8));
        builder.Services.AddHttpForwarder();
        builder.Services.AddSingleton(time);
        builder.Services.AddSingleton(_ => new AccessLog(log, time, run.AccessLog));
        builder.Services.AddSingleton(p => new StateFile(
            run.StateFolder,
            text => p.GetRequiredService<ILoggerFactory>().CreateLogger("State").LogWarning("{Text}", text)
        ));
        builder.Services.AddSingleton(_ => NewGate(time));
        builder.Services.AddSingleton<Switchboard>();
        builder.Services.AddSingleton<Forwarder>();
        builder.Services.AddSingleton<CommandEndpoint>();
        var app = builder.Build();
        app.Services.GetRequiredService<Switchboard>().Restore();
        var forwarder = app.Services.GetRequiredService<Forwarder>();
        var commands = app.Services.GetRequiredService<CommandEndpoint>();
        app.Run(context =>
            context.Features.Get<ControlMark>() is null ? forwarder.HandleAsync(context) : commands.HandleAsync(context)
        );
        await app.StartAsync();
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(socket, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return app;
    }

    private static HealthGate NewGate(TimeProvider time)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
            // Each probe finds out anew whether the target takes connections.
            PooledConnectionLifetime = TimeSpan.Zero,
        };
        return new HealthGate(new HealthProbe(new HttpMessageInvoker(handler), time), time);
    }

    private static void PrepareFolder(string folder, string socket)
    {
        Directory.CreateDirectory(folder);
        // A proxy that was killed leaves its socket behind, and a path that exists cannot be bound.
        File.Delete(socket);
    }

    private static void Configure(KestrelServerOptions kestrel, RunCommand run, string socket)
    {
        kestrel.AddServerHeader = false;
        kestrel.AllowResponseHeaderCompression = false;
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(30);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);
        kestrel.Limits.MaxRequestHeadersTotalSize = 64 * 1024;
        kestrel.ListenAnyIP(run.HttpPort, listen => listen.Protocols = HttpProtocols.Http1);
        kestrel.ListenUnixSocket(socket, listen => listen.Use(Mark));
    }

    private static ConnectionDelegate Mark(ConnectionDelegate next) =>
        connection =>
        {
            connection.Features.Set(new ControlMark());
            return next(connection);
        };

    /// <summary>Marks connections that came through the control socket.</summary>
    private sealed class ControlMark;
}
