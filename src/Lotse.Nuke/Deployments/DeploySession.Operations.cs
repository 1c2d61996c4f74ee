using System.Globalization;
using System.Text;
using Lotse.Configuration;
using Lotse.Execution;
using Lotse.Execution.Deployments;
using Lotse.Execution.Journals;
using Lotse.Nuke.Console;
using Lotse.Nuke.Versions;
using Lotse.Planning.Observed;
using Lotse.Planning.Planners;
using Serilog;
using Serilog.Events;

namespace Lotse.Nuke.Deployments;

public sealed partial class DeploySession
{
    /// <summary>Shows what a deploy would do, and changes nothing; but the hook <c>pre-connect</c> runs.</summary>
    public Task PreviewAsync() =>
        StageAsync(
            "Preview",
            async () =>
            {
                var config = ReadConfig(forDeploy: true, readsSecrets: true);
                composition = Compose(config, startsEngine: false);
                composition.Approach();
                await FindVersionAsync();
                deployment = Begin(config, Release!.Value, Release.Commit, isRollback: false);
                var forecast = await deployment.ForeseeAsync(interruption.Token);
                foreach (var (isWarning, line) in ForecastText.Of(config, forecast))
                {
                    Log.Write(isWarning ? LogEventLevel.Warning : LogEventLevel.Information, "{Line}", line);
                }
            }
        );

    /// <summary>Goes back to a release that served before.</summary>
    /// <param name="to">The version; null for the last one that served and was not rolled back from.</param>
    public Task RollbackAsync(string? to) =>
        StageAsync(
            "Rollback",
            async () =>
            {
                OpenJob(isRollback: true);
                var config = ReadConfig(forDeploy: true, readsSecrets: true);
                var operations = Operate(config, startsEngine: true);
                var statuses = await operations.GetStatusAsync(interruption.Token, "rollback");
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
                await Operate(config).ShowStatusAsync(host => Show(config, host), interruption.Token);
            }
        );

    private static void Show(DeployConfig config, HostStatus host)
    {
        foreach (var line in StatusText.Of(config, host, TimeProvider.System.GetUtcNow()))
        {
            Log.Information("{Line}", line);
        }
    }

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
                if (results.Where(r => r.ExitCode != 0).ToList() is { Count: > 0 } failed)
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
                Operate(ReadConfig(forDeploy: true, readsSecrets: true), startsEngine: true)
                    .RebootAccessoryAsync(name, withData, interruption.Token)
        );

    /// <summary>Removes an accessory's container.</summary>
    /// <param name="name">The accessory.</param>
    /// <param name="onHost">The host; null for all.</param>
    /// <param name="withData">Whether its volumes go too.</param>
    /// <param name="isConfirmed">Whether the person is not asked before data is deleted.</param>
    public Task RemoveAccessoryAsync(string name, string? onHost, bool withData, bool isConfirmed) =>
        StageAsync(
            "Accessory",
            async () =>
            {
                var config = ReadConfig(forDeploy: false, readsSecrets: false);
                if (withData)
                {
                    var place = onHost is null ? "every host that has it" : onHost;
                    var what =
                        $"Accessory {name} of {config.Service} ({config.Destination}) is removed from {place}, and the data on its volumes for good.";
                    await ConfirmAsync(what, withData, isConfirmed, interruption.Token);
                }

                await Operate(config).RemoveAccessoryAsync(name, onHost, withData, interruption.Token);
            }
        );

    private void WriteLine(string from, string line)
    {
        line = mask.Apply(line);
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
                await Operate(config).ReadAuditAsync(Show, interruption.Token);
            }
        );

    private static void Show(string host, AuditEntry entry)
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

    /// <summary>Takes the service away.</summary>
    /// <param name="withData">Whether the accessories' data goes too.</param>
    /// <param name="isConfirmed">Whether the person is not asked.</param>
    public Task RemoveAsync(bool withData, bool isConfirmed) =>
        StageAsync(
            "Remove",
            async () =>
            {
                var config = ReadConfig(forDeploy: false, readsSecrets: false);
                var request = new RemoveRequest(withData, IsWhole: settings.SkippedHosts.Count == 0);
                await Operate(config)
                    .RemoveAsync(
                        request,
                        (removal, token) => ConfirmAsync(removal.Describe(), withData, isConfirmed, token),
                        interruption.Token
                    );
                if (!withData)
                {
                    Log.Information(
                        "The accessories' data is still there; a deploy finds it again. `--with-data` deletes it"
                    );
                }
            }
        );

    /// <summary>Where nobody can be asked, containers go without a question, and data only with a yes beforehand.</summary>
    private static async Task ConfirmAsync(string what, bool withData, bool isConfirmed, CancellationToken cancellation)
    {
        foreach (var line in what.Split('\n'))
        {
            Log.Warning("{Line}", line);
        }

        var confirmation = Confirmation.ForConsole();
        if (withData || confirmation.CanAsk)
        {
            var question = withData ? "Remove it, the data too, for good?" : "Remove it?";
            await confirmation.RequireAsync(question, isConfirmed, "when all of that may go", cancellation);
        }
    }

    private Operations Operate(DeployConfig config, bool startsEngine = false)
    {
        composition ??= Compose(config, startsEngine);
        return new Operations(composition.Services, config, Performers.Current(Environment.GetEnvironmentVariable));
    }
}
