using System.Collections;
using System.Globalization;
using Lotse.Configuration;
using Lotse.Execution;
using Lotse.Execution.Deployments;
using Lotse.Execution.Hooks;
using Lotse.Hosts.Local;
using Lotse.Planning.Containers;
using Serilog;

namespace Lotse.Nuke.Deployments;

public sealed partial class DeploySession
{
    /// <summary>Reads the configuration; every problem is shown at once.</summary>
    /// <exception cref="UserException">There are problems that must be mended first.</exception>
    private DeployConfig ReadConfig(bool forDeploy, bool readsSecrets)
    {
        destination = Destinations.Choose(
            settings.Targets,
            settings.Destination,
            name => File.Exists(Path.Combine(settings.RootDirectory, "config", $"deploy.{name}.yml"))
        );
        var request = new ConfigRequest
        {
            RootDirectory = settings.RootDirectory,
            Destination = destination,
            Environment = EnvironmentVariables(),
            RunCommand = new SecretCommands(settings.RootDirectory).Run,
            ReadsSecrets = readsSecrets,
        };
        var result = ConfigReader.Read(request);
        if (!readsSecrets && result.Config is { } withoutThem && NeedsSecretsToConnect(withoutThem))
        {
            result = ConfigReader.Read(request with { ReadsSecrets = true });
        }

        if (result.Config is { } known)
        {
            mask.Learn(known);
        }

        var problems = forDeploy ? result.ForDeploy() : result.Problems;
        foreach (var problem in problems.Where(p => p.Severity == Severity.Warning))
        {
            Log.Warning("{Problem}", problem.ToString());
        }

        var errors = problems.Where(p => p.Severity == Severity.Error).Select(p => p.ToString()).ToList();
        errors.AddRange(result.Config is { } read ? OptionProblems(read) : []);
        if (errors.Count > 0 || result.Config is null)
        {
            throw new UserException(
                $"The configuration has {errors.Count} problem(s):\n{string.Join('\n', errors.Select(e => $"  {e}"))}",
                "Mend them and run the same command again; nothing was changed."
            );
        }

        return WithHttpPort(SkippedHosts.Leave(result.Config, settings.SkippedHosts));
    }

    /// <summary>The key that opens the servers may be a secret itself, and the hook that runs before each connection is given them all.</summary>
    private bool NeedsSecretsToConnect(DeployConfig config) =>
        config.Ssh.KeyData.Length > 0
        || new HookRunner(settings.RootDirectory, config.HooksPath).Has(HookNames.PreConnect);

    /// <summary>
    /// A port that was given once holds for this destination until another one is given: a rollback or a status must not look elsewhere than the deploy
    /// before it.
    /// </summary>
    private DeployConfig WithHttpPort(DeployConfig config)
    {
        var memory = PortMemory(config);
        var port =
            settings.HttpPort is { } given ? Checked(given)
            : File.Exists(memory) && int.TryParse(File.ReadAllText(memory), CultureInfo.InvariantCulture, out var kept)
                ? kept
            : config.ProxyRun.HttpPort;
        return config with { ProxyRun = config.ProxyRun with { HttpPort = port } };
    }

    /// <summary>Remembers the given port, once a proxy has come up with it.</summary>
    private void RememberHttpPort(DeployConfig config)
    {
        if (settings.HttpPort is { } given)
        {
            File.WriteAllText(PortMemory(config), given.ToString(CultureInfo.InvariantCulture));
        }
    }

    private static string PortMemory(DeployConfig config) =>
        Path.Combine(
            LocalStore.For(config.Service, config.Destination, Environment.GetEnvironmentVariable).Location,
            "http-port"
        );

    private static IEnumerable<string> OptionProblems(DeployConfig config) =>
        config
            .Roles.SelectMany(r => ContainerOptions.Problems(r.Options).Select(p => $"servers.{r.Name}.options: {p}"))
            .Concat(
                config.Accessories.SelectMany(a =>
                    ContainerOptions.Problems(a.Options).Select(p => $"accessories.{a.Name}.options: {p}")
                )
            );

    private static int Checked(int port) =>
        port is > 0 and < 65536
            ? port
            : throw new UserException($"{port} is no port.", "Give one from 1 to 65535: `--http-port 8080`.");

    private static Dictionary<string, string> EnvironmentVariables() =>
        Environment
            .GetEnvironmentVariables()
            .Cast<DictionaryEntry>()
            .ToDictionary(e => (string)e.Key, e => (string?)e.Value ?? "");

    /// <summary>Gives the build its exit code; what an interrupted rollout took back, and what it could not, its own message says.</summary>
    private Exception Explain(Exception failure)
    {
        build.ExitCode = ExitCodes.Of(failure) ?? build.ExitCode;
        return failure is OperationCanceledException
            ? InterruptedRun.Explain(Found is not null, Switched?.Plan.Release.Version)
            : failure;
    }
}
