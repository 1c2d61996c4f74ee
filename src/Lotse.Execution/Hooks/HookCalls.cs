using System.Globalization;
using Lotse.Configuration;
using Lotse.Execution.Deployments;
using Lotse.Execution.Reporting;

namespace Lotse.Execution.Hooks;

/// <summary>Calls the hooks of one command, each with Kamal's environment: <c>KAMAL_*</c> and the configuration's secrets.</summary>
public sealed class HookCalls(DeploymentServices services, Func<DeployConfig> config, HookCommand command)
{
    private static readonly TimeSpan FailureLimit = TimeSpan.FromMinutes(1);
    private readonly long start = services.Time.GetTimestamp();

    /// <summary>Runs a hook when there is one.</summary>
    /// <param name="hook">One of <see cref="HookNames"/>.</param>
    /// <param name="hosts">The names of the hosts it is about.</param>
    /// <param name="cancellation">Kills the hook.</param>
    /// <returns>False when there is no such hook.</returns>
    /// <exception cref="HookFailedException">It ended with another code than 0.</exception>
    public Task<bool> RunAsync(string hook, IEnumerable<string> hosts, CancellationToken cancellation) =>
        RunAsync(hook, EnvironmentFor(hook, hosts), cancellation);

    /// <summary>
    /// Runs <c>deploy-failed</c> when there is one, with <c>KAMAL_FAILED_HOSTS</c> and <c>KAMAL_FAILURE</c> beside the usual variables. That it fails
    /// itself is no more than a warning.
    /// </summary>
    /// <param name="hosts">The names of all hosts.</param>
    /// <param name="failed">The names of those on which something failed; may be empty.</param>
    /// <param name="failure">What failed.</param>
    public async Task RunFailedAsync(IEnumerable<string> hosts, IEnumerable<string> failed, Exception failure)
    {
        var environment = EnvironmentFor(HookNames.DeployFailed, hosts);
        environment["KAMAL_FAILED_HOSTS"] = string.Join(',', failed.Distinct());
        environment["KAMAL_FAILURE"] = failure.Message;
        // A cancelled deploy has failed as well: the hook has a limit of its own.
        using var limit = new CancellationTokenSource(FailureLimit, services.Time);
        try
        {
            await RunAsync(HookNames.DeployFailed, environment, limit.Token);
        }
        catch (Exception own) when (own is HookFailedException or OperationCanceledException)
        {
            var text = limit.IsCancellationRequested
                ? $"the hook {HookNames.DeployFailed} did not end within {FailureLimit.TotalSeconds:0} s and was killed"
                : own.Message;
            services.Observer.Report(new Warning("local", text));
        }
    }

    private async Task<bool> RunAsync(
        string hook,
        Dictionary<string, string> environment,
        CancellationToken cancellation
    )
    {
        var from = services.Time.GetTimestamp();
        var output = new Output(hook, services.Observer);
        if (await services.Hooks.RunAsync(hook, environment, output, cancellation) is not { } result)
        {
            return false;
        }

        if (result.ExitCode != 0)
        {
            throw new HookFailedException(hook, result, Consequence(hook));
        }

        services.Observer.Report(new HookDone(hook, services.Time.GetElapsedTime(from)));
        return true;
    }

    private string Consequence(string hook) =>
        hook switch
        {
            HookNames.PreConnect or HookNames.PreBuild or HookNames.PreDeploy => "Nothing was changed on any host. ",
            HookNames.PostDeploy => $"{command.Version} serves on every host; only this hook failed. ",
            _ => "",
        };

    private Dictionary<string, string> EnvironmentFor(string hook, IEnumerable<string> hosts)
    {
        var now = services.Time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        var runtime = services.Time.GetElapsedTime(start).TotalSeconds.ToString("0", CultureInfo.InvariantCulture);
        var endsDeploy = hook is HookNames.PostDeploy or HookNames.DeployFailed;
        (string Name, string? Value)[] variables =
        [
            ("KAMAL_RECORDED_AT", now),
            ("KAMAL_PERFORMER", command.Performer),
            ("KAMAL_SERVICE", config().Service),
            ("KAMAL_VERSION", command.Version),
            ("KAMAL_COMMIT", command.Commit),
            ("KAMAL_SERVICE_VERSION", command.Version is null ? null : $"{config().Service}@{command.Version}"),
            ("KAMAL_HOSTS", string.Join(',', hosts)),
            ("KAMAL_COMMAND", command.Command),
            ("KAMAL_SUBCOMMAND", command.Subcommand),
            ("KAMAL_ROLE", command.Role),
            ("KAMAL_ROLES", command.Role),
            ("KAMAL_DESTINATION", config().Destination),
            ("KAMAL_RUNTIME", endsDeploy ? runtime : null),
        ];
        var environment = config().Secrets.ToDictionary(s => s.Key, s => s.Value.Unwrap());
        foreach (var (name, value) in variables.Where(v => v.Value is not null))
        {
            environment[name] = value!;
        }

        return environment;
    }

    private sealed class Output(string hook, IRolloutObserver observer) : IProgress<string>
    {
        public void Report(string value) => observer.Report(new HookLine(hook, value));
    }
}
