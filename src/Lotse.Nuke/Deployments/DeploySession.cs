using System.Diagnostics;
using System.Runtime.CompilerServices;
using Lotse.Configuration;
using Lotse.Execution.Deployments;
using Lotse.Execution.Ports;
using Lotse.Nuke.Console;
using Lotse.Nuke.Versions;
using Lotse.Planning;
using Nuke.Common;
using Serilog;

namespace Lotse.Nuke.Deployments;

/// <summary>
/// What the targets of one build share: the configuration, the deployment under way, and the result of each stage for the next. A stage that is asked for
/// without the one before it says so.
/// </summary>
public sealed partial class DeploySession : IAsyncDisposable
{
    private static readonly ConditionalWeakTable<INukeBuild, DeploySession> Sessions = [];
    private readonly INukeBuild build;
    private readonly DeploySettings settings;
    private readonly Interruption interruption = new();
    private readonly List<(string Stage, TimeSpan Took)> stages = [];
    private Composition? composition;
    private Deployment? deployment;
    private DeployConfig? configuration;
    private string? destination;

    private DeploySession(INukeBuild build, DeploySettings settings)
    {
        this.build = build;
        this.settings = settings;
        MaskLog();
        // A build that ends between two stages (a target of the user's own failed) must not leave the lease behind.
        AppDomain.CurrentDomain.ProcessExit += (_, _) => DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    /// <summary>The release's version, once <see cref="PreflightAsync"/> has found it.</summary>
    public ReleaseVersion? Release { get; private set; }

    /// <summary>What the first look found; null before.</summary>
    public Preflight? Found { get; private set; }

    /// <summary>The built image; null before or when none was needed.</summary>
    public BuiltImage? Built { get; private set; }

    /// <summary>The pushed image; null before or when none was needed.</summary>
    public PushedImage? Pushed { get; private set; }

    /// <summary>The prepared hosts; null before.</summary>
    public PreparedFleet? Prepared { get; private set; }

    /// <summary>What serves where after the switch; null before.</summary>
    public SwitchedFleet? Switched { get; private set; }

    /// <summary>Whether an image must be built.</summary>
    public bool NeedsImage => Found is { NeedsImage: true };

    /// <summary>Whether there is anything to do at all.</summary>
    public bool HasWork => Found is { IsUpToDate: false };

    /// <summary>Whether the plan that is carried out has a migration.</summary>
    public bool HasMigration => Prepared is { Plan: var plan } && !plan[PlanPhase.Migrate].IsEmpty;

    /// <summary>The session of a build.</summary>
    internal static DeploySession Of(IHazDeployConfig build) => Sessions.GetValue(build, _ => Begin(build));

    private static DeploySession Begin(IHazDeployConfig build) =>
        new(
            build,
            new DeploySettings
            {
                RootDirectory = build.RootDirectory,
                TemporaryDirectory = build.TemporaryDirectory,
                Targets = [.. build.InvokedTargets.Select(t => t.Name)],
                Destination = build.Destination,
                Version = build.Version,
                HttpPort = build.HttpPort,
                SkippedHosts = build.SkipHost ?? [],
                IsVerbose = build.Verbosity == Verbosity.Verbose,
            }
        );

    /// <summary>Reads the configuration and looks at the hosts.</summary>
    public Task PreflightAsync() =>
        StageAsync(
            "Preflight",
            async () =>
            {
                OpenJob(isRollback: false);
                var config = configuration = ReadConfig(forDeploy: true, readsSecrets: true);
                composition = Compose(config, startsEngine: true);
                composition.Approach();
                await FindVersionAsync();
                deployment = Begin(config, Release!.Value, Release.Commit, isRollback: false);
                Found = await deployment.LookAsync(interruption.Token);
                SayWhatIsFound(config);
            }
        );

    private async Task FindVersionAsync()
    {
        var folder = Path.Combine(settings.TemporaryDirectory, "versions");
        var versions = new ReleaseVersions(settings.RootDirectory, folder);
        Release = await versions.ResolveAsync(settings.Version, interruption.Token);
        if (Release.Note.Length > 0)
        {
            Log.Warning("{Note}", Release.Note);
        }
    }

    /// <summary>Runs the hook <c>pre-build</c>.</summary>
    public Task RunPreBuildHookAsync() =>
        StageAsync(
            "Hook",
            async () =>
            {
                if (!await Begun.RunPreBuildHookAsync(interruption.Token))
                {
                    Log.Verbose("No hook pre-build");
                }
            }
        );

    /// <summary>Builds the image.</summary>
    public Task BuildImageAsync() =>
        StageAsync(
            "Build",
            async () =>
            {
                var progress = new BuildConsole(composition!.Progress);
                Built = await Begun.BuildAsync(progress, interruption.Token);
                progress.Close();
                Log.Information("Built {Image} with the {Builder} builder", Built.Reference, Built.Builder);
            }
        );

    /// <summary>Pushes the image.</summary>
    public Task PushImageAsync() =>
        StageAsync(
            "Push",
            async () =>
            {
                var progress = new TransferConsole(composition!.Progress);
                Pushed = await Begun.PushAsync(After(Built), progress, interruption.Token);
                progress.Close();
                var registry = configuration!.Registry is { IsLocal: false } own
                    ? own.Address
                    : "the embedded registry";
                Log.Information("Pushed to {Registry}: {Summary}", registry, progress.Summary);
            }
        );

    /// <summary>Brings the image and what it needs to the hosts.</summary>
    public Task PullImageAsync() =>
        StageAsync(
            "Pull",
            async () =>
            {
                Prepared = await Begun.PrepareAsync(Pushed, interruption.Token);
                RememberHttpPort(configuration!);
            }
        );

    /// <summary>Runs the migration.</summary>
    public Task MigrateAsync() =>
        StageAsync("Migrate", async () => await Begun.MigrateAsync(After(Prepared), interruption.Token));

    /// <summary>Starts, checks and switches.</summary>
    public Task SwitchTrafficAsync() =>
        StageAsync("Switch", async () => Switched = await Begun.SwitchAsync(After(Prepared), interruption.Token));

    /// <summary>Drains, stops and prunes.</summary>
    public Task CleanupAsync() => StageAsync("Cleanup", () => Begun.CleanUpAsync(After(Switched), interruption.Token));

    private Deployment Begun =>
        deployment ?? throw new InvalidOperationException("Preflight must run before the other stages.");

    private static T After<T>(T? result, [CallerArgumentExpression(nameof(result))] string name = "")
        where T : class =>
        result ?? throw new InvalidOperationException($"The stage before this one has no result yet: {name}.");

    private Deployment Begin(DeployConfig config, string version, string? commit, bool isRollback)
    {
        composition ??= Compose(config, startsEngine: true);
        return new Deployment(
            composition.Services,
            new DeploymentRequest
            {
                Config = config,
                Version = version,
                Commit = commit,
                Performer = Performers.Current(Environment.GetEnvironmentVariable),
                ProjectFolder = settings.RootDirectory,
                IsRollback = isRollback,
                // To find out what to go back to, the hosts have been asked already.
                IsApproached = isRollback,
                SkippedHosts = settings.SkippedHosts,
            }
        );
    }

    private Composition Compose(DeployConfig config, bool startsEngine) =>
        new(settings, config, mask: mask) { StartsEngine = startsEngine };

    private async Task StageAsync(string name, Func<Task> stage)
    {
        var start = Stopwatch.GetTimestamp();
        try
        {
            await stage();
            stages.Add((name, Stopwatch.GetElapsedTime(start)));
        }
        catch (Exception failure)
        {
            composition?.Progress.Clear();
            await CloseAsync();
            var explained = Masked(Explain(failure));
            WriteJobSummary(explained);
            throw explained;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        CloseJob();
        await CloseAsync();
        interruption.Dispose();
    }

    private async ValueTask CloseAsync()
    {
        if (deployment is { } open)
        {
            deployment = null;
            await open.DisposeAsync();
        }

        if (composition is { } used)
        {
            composition = null;
            await used.DisposeAsync();
        }
    }
}
