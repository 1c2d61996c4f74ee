using Lotse.Configuration;
using Lotse.Execution;
using Lotse.Execution.Hooks;
using Lotse.Execution.Setup;
using Lotse.Hosts.Setup;
using Lotse.Nuke.Console;
using Lotse.Planning.Setup;
using Serilog;

namespace Lotse.Nuke.Deployments;

public sealed partial class DeploySession
{
    /// <summary>Sets the destination's servers up, or shows what that would change.</summary>
    /// <param name="options">What the person said.</param>
    /// <param name="isPreview">Whether nothing is changed.</param>
    public Task SetUpServersAsync(SetupOptions options, bool isPreview) =>
        StageAsync(
            isPreview ? "Preview" : "Setup",
            async () =>
            {
                var config = ReadConfig(forDeploy: false, readsSecrets: false);
                composition ??= Compose(config, startsEngine: !isPreview);
                var request = SetupRequest(config, options);
                var setup = new ServerSetup(SetupServices(config), request);
                var report = isPreview
                    ? await setup.PreviewAsync(interruption.Token)
                    : await setup.RunAsync(interruption.Token);
                composition.Progress.Clear();
                foreach (var (isWarning, line) in SetupText.Of(report, isPreview))
                {
                    Log.Write(
                        isWarning ? Serilog.Events.LogEventLevel.Warning : Serilog.Events.LogEventLevel.Information,
                        "{Line}",
                        line
                    );
                }

                if (!isPreview && SetupText.Login(request.Settings.DeployUser, config.Ssh.User) is { } login)
                {
                    Log.Information("{Login}", login);
                }
            }
        );

    private SetupRequest SetupRequest(DeployConfig config, SetupOptions options)
    {
        var hosts = ConfiguredSetup.Hosts(config);
        if (hosts.IsEmpty)
        {
            throw new UserException(
                $"The destination {config.Destination} has no servers: its hosts are this machine.",
                "Name one that has: `./build.sh ServerSetup --destination staging`."
            );
        }

        foreach (var closed in ConfiguredSetup.ClosedPorts(config))
        {
            Log.Warning("{Closed}", closed);
        }

        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var keys = DeployerKeys.Find(config, settings.RootDirectory, home);
        return new SetupRequest
        {
            Hosts = hosts,
            Logins = ConfiguredSetup.Logins(config, options.Login),
            Settings = ConfiguredSetup.Settings(config, options.DeployUser, keys, options.RestartEngine) with
            {
                AbsentHosts = [.. settings.SkippedHosts],
            },
        };
    }

    private SetupServices SetupServices(DeployConfig config)
    {
        var services = composition!.Services;
        var performer = Performers.Current(Environment.GetEnvironmentVariable);
        var command = new HookCommand("server", performer, "bootstrap");
        var hooks = new HookCalls(services, () => config, command);
        return new SetupServices
        {
            Servers = new SshServers(composition.Ssh, services.Time),
            Ports = new TcpPortProbe(services.Time),
            Observer = new SetupConsole(composition.Progress),
            EngineInstalled = (hosts, token) => hooks.RunAsync(HookNames.DockerSetup, hosts, token),
            Processes = services.Processes,
            Performer = performer,
            Ids = services.Ids,
            Time = services.Time,
        };
    }
}

/// <summary>What a person may say of a set-up.</summary>
/// <param name="Login">Whom to log in as; null for the configuration's.</param>
/// <param name="DeployUser">The deploy user where deploys log in as root; null for none.</param>
/// <param name="RestartEngine">Whether the engine may be restarted although its containers stop.</param>
public sealed record SetupOptions(string? Login, string? DeployUser, bool RestartEngine);
