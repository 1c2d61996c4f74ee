using System.Runtime.InteropServices;

namespace Lotse.TestApp;

internal static class TestApplication
{
    private static readonly TimeSpan GracePeriod = TimeSpan.FromSeconds(30);

    public static WebApplication Build(string[] args, AppSettings settings, TimeProvider time)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenAnyIP(settings.ListeningPort));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = GracePeriod);
        builder.Services.AddSingleton(settings).AddSingleton(time);
        if (settings.Does(Misbehaviour.IgnoreSigterm))
        {
            builder.Services.AddSingleton<IHostLifetime, DeafLifetime>();
        }

        if (settings.Does(Misbehaviour.NeverListen))
        {
            builder.Services.AddSingleton<Microsoft.AspNetCore.Hosting.Server.IServer, DeafServer>();
        }

        var app = builder.Build();
        app.Lifetime.ApplicationStarted.Register(() => Started(app, settings));
        app.Lifetime.ApplicationStopping.Register(() => Console.WriteLine("stopping"));
        app.UseWebSockets();
        Endpoints.Map(app);
        return app;
    }

    private static void Started(WebApplication app, AppSettings settings)
    {
        Console.WriteLine($"version {settings.Version} is listening on {app.Urls.FirstOrDefault("nothing")}");
        if (settings.Does(Misbehaviour.ExitAfterStart))
        {
            Console.Error.WriteLine("giving up: told to exit after the start");
            Environment.ExitCode = ExitCodes.AfterStart;
            app.Lifetime.StopApplication();
        }
    }

    /// <summary>Nothing but SIGKILL ends it.</summary>
    private sealed class DeafLifetime : IHostLifetime, IDisposable
    {
        private readonly PosixSignalRegistration _sigterm = PosixSignalRegistration.Create(
            PosixSignal.SIGTERM,
            signal =>
            {
                Console.WriteLine("ignoring SIGTERM");
                signal.Cancel = true;
            }
        );

        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose() => _sigterm.Dispose();
    }
}
