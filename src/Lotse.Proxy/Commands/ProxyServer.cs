using Lotse.Proxy.Contract;
using Lotse.Proxy.Forwarding;
using Lotse.Proxy.Health;
using Lotse.Proxy.State;
using Lotse.Proxy.Switching;
using Lotse.Proxy.Targets;
using Yarp.ReverseProxy.Forwarder;

namespace Lotse.Proxy.Commands;

/// <summary>The running proxy: the edge's port, and the control socket for the other commands.</summary>
internal sealed class ProxyServer : IAsyncDisposable
{
    /// <summary>The control socket's name in the state folder.</summary>
    public const string SocketName = "control.sock";
    private readonly WebApplication app;
    private readonly StateFolder folder;

    private ProxyServer(WebApplication app, StateFolder folder)
    {
        this.app = app;
        this.folder = folder;
    }

    /// <summary>The edge's URL with its real port.</summary>
    public string Url => app.Urls.First(u => !u.Contains("unix:", StringComparison.Ordinal));

    /// <summary>Runs until the process is asked to end.</summary>
    public static async Task<int> RunAsync(RunCommand run, TimeProvider time)
    {
        await using var server = await StartAsync(run, time, Console.OpenStandardOutput(), Console.Error.WriteLine);
        await server.app.WaitForShutdownAsync();
        return 0;
    }

    /// <summary>Starts the proxy; disposal stops it.</summary>
    /// <param name="run">Ports and folders.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where the access log goes.</param>
    /// <param name="say">Where a sentence for a person goes.</param>
    /// <exception cref="IOException">A port or the state folder is taken, or cannot be used.</exception>
    public static async Task<ProxyServer> StartAsync(RunCommand run, TimeProvider time, Stream log, Action<string> say)
    {
        var folder = new StateFolder(run.StateFolder);
        try
        {
            var socket = run.Socket ?? Path.Combine(run.StateFolder, SocketName);
            var app = Build(run, socket, time, log, say);
            var restored = app.Services.GetRequiredService<Switchboard>().Restore();
            // A proxy that was killed leaves its socket behind, and a path that exists cannot be bound.
            File.Delete(socket);
            await app.StartAsync();
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(socket, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }

            var server = new ProxyServer(app, folder);
            say($"lotse-proxy serves {server.Url}, with {restored} service(s) restored; control socket {socket}.");
            return server;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
        folder.Dispose();
    }

    private static WebApplication Build(
        RunCommand run,
        string socket,
        TimeProvider time,
        Stream log,
        Action<string> say
    )
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => EdgeListener.Configure(kestrel, run, socket));
        builder.Logging.AddProvider(new SentenceLogger(say));
        // An engine kills ten seconds after it asked to stop: what is in flight has until shortly before.
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(8));
        builder.Services.AddHttpForwarder();
        builder.Services.AddSingleton(time);
        builder.Services.AddSingleton(_ => new AccessLog(log, time, run.AccessLog, say));
        builder.Services.AddSingleton(new StateFile(run.StateFolder, say));
        builder.Services.AddSingleton<IHealthProbe>(_ => new HealthProbe(TargetConnections.ForProbes(), time));
        builder.Services.AddSingleton<HealthGate>();
        builder.Services.AddSingleton<HealthWatch>();
        builder.Services.AddSingleton<Switchboard>();
        builder.Services.AddSingleton<Forwarder>();
        builder.Services.AddSingleton<CommandEndpoint>();
        var app = builder.Build();
        var forwarder = app.Services.GetRequiredService<Forwarder>();
        var commands = app.Services.GetRequiredService<CommandEndpoint>();
        app.Run(context =>
            EdgeListener.IsControl(context) ? commands.HandleAsync(context) : forwarder.HandleAsync(context)
        );
        return app;
    }
}
