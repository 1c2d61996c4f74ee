using System.Globalization;
using System.Text;
using Lotse.Configuration;
using Lotse.Execution;
using Lotse.Execution.Deployments;
using Lotse.Nuke.Console;
using Lotse.Nuke.Versions;
using Lotse.Planning.Observed;
using Lotse.Planning.Planners;
using Serilog;

namespace Lotse.Nuke.Deployments;

public sealed partial class DeploySession
{
    /// <summary>Shows what a deploy would do.</summary>
    public async Task PreviewAsync()
    {
        await PreflightAsync();
        if (!Found!.IsUpToDate)
        {
            if (NeedsImage)
            {
                Log.Information("build the image, and bring to each host the layers that it lacks");
            }

            foreach (var line in Found.Plan.Describe().Split('\n'))
            {
                Log.Information("{Line}", line);
            }

            Log.Information("Nothing was changed");
        }
    }

    /// <summary>Goes back to a release that served before.</summary>
    /// <param name="to">The version; null for the last one that served and was not rolled back from.</param>
    public Task RollbackAsync(string? to) =>
        StageAsync(
            "Rollback",
            async () =>
            {
                var config = ReadConfig(forDeploy: true, readsSecrets: true);
                var operations = Operate(config);
                var statuses = await operations.GetStatusAsync(interruption.Token);
                var version = RollbackTarget.Choose(config, statuses, to);
                Release = new ReleaseVersion(version, null, IsDirty: false);
                deployment = Begin(config, version, null, isRollback: true);
                Found = await deployment.LookAsync(interruption.Token);
                SayWhatIsFound(config);
                if (Found.IsUpToDate)
                {
                    return;
                }

                Prepared = await deployment.PrepareAsync(null, interruption.Token);
                Switched = await deployment.SwitchAsync(Prepared, interruption.Token);
                await deployment.CleanUpAsync(Switched, interruption.Token);
            }
        );

    /// <summary>Shows what serves where.</summary>
    public Task StatusAsync() =>
        StageAsync(
            "Status",
            async () =>
            {
                var config = ReadConfig(forDeploy: false, readsSecrets: false);
                foreach (var host in await Operate(config).GetStatusAsync(interruption.Token))
                {
                    foreach (var line in StatusText.Of(config, host, TimeProvider.System.GetUtcNow()))
                    {
                        Log.Information("{Line}", line);
                    }
                }
            }
        );

    /// <summary>Shows the log.</summary>
    /// <param name="request">Which lines.</param>
    public Task LogsAsync(LogRequest request) =>
        StageAsync(
            "Logs",
            async () =>
            {
                var config = ReadConfig(forDeploy: false, readsSecrets: false);
                try
                {
                    await Operate(config).ReadLogsAsync(request, WriteLine, interruption.Token);
                }
                catch (OperationCanceledException) when (request.Follow)
                {
                    // Ctrl-C is how one ends following.
                }
            }
        );

    /// <summary>Runs a command; the build's exit code is the command's.</summary>
    public Task ExecAsync(ExecRequest request) =>
        StageAsync(
            "Exec",
            async () =>
            {
                var config = ReadConfig(forDeploy: false, readsSecrets: request.IsOneOff);
                var results = await Operate(config).ExecAsync(request, WriteLine, interruption.Token);
                if (results.FirstOrDefault(r => r.ExitCode != 0) is { } failed)
                {
                    throw new ExecFailedException(failed);
                }
            }
        );

    /// <summary>Answers all requests with 503.</summary>
    /// <param name="message">What the page says; empty for the proxy's own sentence.</param>
    public Task EnterMaintenanceAsync(string message) =>
        StageAsync(
            "Maintenance",
            () =>
                Operate(ReadConfig(forDeploy: false, readsSecrets: false))
                    .EnterMaintenanceAsync(message, interruption.Token)
        );

    /// <summary>Forwards requests again.</summary>
    public Task GoLiveAsync() =>
        StageAsync(
            "Live",
            () => Operate(ReadConfig(forDeploy: false, readsSecrets: false)).GoLiveAsync(interruption.Token)
        );

    /// <summary>Removes what retention does not keep.</summary>
    public Task PruneAsync() =>
        StageAsync(
            "Prune",
            async () =>
            {
                var config = ReadConfig(forDeploy: false, readsSecrets: false);
                var steps = await Operate(config).PruneAsync(interruption.Token);
                if (steps.IsEmpty)
                {
                    Log.Information("Nothing to prune: what is there serves, or is kept for a rollback");
                }
            }
        );

    /// <summary>Makes an accessory's container anew.</summary>
    /// <param name="name">The accessory.</param>
    /// <param name="withData">Whether what lies on volumes without a name may be lost.</param>
    public Task RebootAccessoryAsync(string name, bool withData) =>
        StageAsync(
            "Accessory",
            () =>
                Operate(ReadConfig(forDeploy: true, readsSecrets: true))
                    .RebootAccessoryAsync(name, withData, interruption.Token)
        );

    /// <summary>Removes an accessory's container.</summary>
    /// <param name="name">The accessory.</param>
    /// <param name="onHost">The host; null for all.</param>
    /// <param name="withData">Whether its volumes go too.</param>
    public Task RemoveAccessoryAsync(string name, string? onHost, bool withData) =>
        StageAsync(
            "Accessory",
            () =>
                Operate(ReadConfig(forDeploy: false, readsSecrets: false))
                    .RemoveAccessoryAsync(name, onHost, withData, interruption.Token)
        );

    private static void WriteLine(string from, string line)
    {
        var output = System.Console.Out;
        lock (output)
        {
            output.WriteLine($"{from} | {line}");
        }
    }

    /// <summary>Shows who changed what.</summary>
    public Task AuditAsync() =>
        StageAsync(
            "Audit",
            async () =>
            {
                var config = ReadConfig(forDeploy: false, readsSecrets: false);
                foreach (var (host, entry) in await Operate(config).ReadAuditAsync(interruption.Token))
                {
                    var from = entry.From is null ? "" : $" from {entry.From}";
                    var commit = entry.Commit is null ? "" : $" (commit {entry.Commit[..7]})";
                    Log.Information(
                        "{At} [{Host}] {Performer}: {Command}{Version}{From}{Commit}: {Outcome}",
                        entry.At.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
                        host,
                        entry.Performer,
                        entry.Command,
                        entry.Version is null ? "" : $" {entry.Version}",
                        from,
                        commit,
                        entry.Outcome
                    );
                }
            }
        );

    /// <summary>Takes the service away.</summary>
    public Task RemoveAsync(bool withData) =>
        StageAsync(
            "Remove",
            async () =>
            {
                var config = ReadConfig(forDeploy: false, readsSecrets: false);
                await Operate(config).RemoveAsync(withData, interruption.Token);
                if (!withData)
                {
                    Log.Information(
                        "The accessories' data is still there; a deploy finds it again. `--with-data` deletes it"
                    );
                }
            }
        );

    private Operations Operate(DeployConfig config)
    {
        composition ??= new Composition(settings, config);
        return new Operations(composition.Services, config, $"{Environment.UserName}@{Environment.MachineName}");
    }
}
