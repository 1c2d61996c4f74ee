using System.Collections.Immutable;
using Lotse.Configuration;
using Lotse.Execution.Handlers;
using Lotse.Execution.Hooks;
using Lotse.Execution.Journals;
using Lotse.Execution.Leases;
using Lotse.Execution.Ports;
using Lotse.Execution.Reporting;
using Lotse.Execution.Rollouts;
using Lotse.Planning;
using Lotse.Planning.Observed;
using Lotse.Planning.Planners;

namespace Lotse.Execution.Deployments;

/// <summary>
/// One deploy or rollback from the first look to the last cleaning up, in stages that each hand a typed result to the next.
/// Disposal gives the leases back, whatever happened; a stage that fails has taken back what was begun before it throws.
/// </summary>
public sealed partial class Deployment(DeploymentServices services, DeploymentRequest request) : IAsyncDisposable
{
    private readonly string rolloutId = services.Ids.Next();
    private readonly ArchiveDelivery archives = new(services.Registry, services.Observer, services.MostOfChange);
    private readonly List<Lease> leases = [];
    private DeployConfig config = request.Config;
    private IReadOnlyList<IHost> hosts = [];
    private ObservedFleet? fleet;
    private Dictionary<string, LeaseSight> leasesSeen = [];
    private Dictionary<string, InterruptedRollout?> interrupted = [];
    private ImmutableArray<string> forgotten = [];
    private Task auditing = Task.CompletedTask;
    private StepContext? context;
    private Journal? journal;
    private Rollout? rollout;

    /// <summary>The image's name on the hosts.</summary>
    private string ImageName => $"{config.Image}:{request.Version}";

    /// <summary>
    /// Connects to all hosts, observes them, and finds out what would be done. Problems that would stop the rollout later are found here:
    /// a held lease, a taken port, a full disk.
    /// </summary>
    /// <exception cref="UserException">Something must be mended first.</exception>
    public Task<Preflight> LookAsync(CancellationToken cancellation) => GuardAsync(() => FindOutAsync(cancellation));

    private async Task<Preflight> FindOutAsync(CancellationToken cancellation)
    {
        services.Mask.Learn(config);
        var names = HostSet.NamesOf(config);
        if (!request.IsApproached)
        {
            await Hooks.RunAsync(HookNames.PreConnect, names, cancellation);
        }

        hosts = await HostSet.ConnectAsync(names, services.Hosts, h => FindMoreAsync(h, cancellation), cancellation);
        var seeing = SeeAsync(cancellation);
        config = await GeneratedSecrets.ResolveAsync(config, hosts, cancellation);
        services.Mask.Learn(config);
        await seeing;
        var plan = PlanFor(null);
        if (!plan.IsEmpty && await AwaitSilentHoldersAsync(cancellation))
        {
            // What was seen before is not what the other one has left.
            await SeeAsync(cancellation);
            plan = PlanFor(null);
        }

        if (!plan.IsEmpty)
        {
            await new PreflightChecks(config, services).RunAsync(hosts, fleet!, leasesSeen, plan, cancellation);
        }

        var found = new Preflight(plan, fleet!) { IsLeftOpen = fleet!.Hosts.Any(h => IsLeftOpen(h.Host)) };
        if (found.NeedsImage)
        {
            AskForLayers(cancellation);
        }

        return found;
    }

    /// <summary>
    /// Takes the leases, unless that was done, and brings up all that the new containers need: image, network, proxy, accessories. Traffic is not touched.
    /// </summary>
    /// <param name="image">The pushed image; null when every host has what it needs.</param>
    /// <param name="cancellation">Ends the stage; what was begun is taken back.</param>
    /// <exception cref="LeaseHeldException">Somebody else is at work on a host.</exception>
    /// <exception cref="RolloutFailedException">It failed; everything is taken back.</exception>
    public Task<PreparedFleet> PrepareAsync(PushedImage? image, CancellationToken cancellation) =>
        GuardAsync(() => BringAsync(image, cancellation));

    private async Task<PreparedFleet> BringAsync(PushedImage? image, CancellationToken cancellation)
    {
        if (leases.Count == 0)
        {
            await AcquireLeasesAsync(cancellation);
        }

        if (!leases.TrueForAll(l => l is { IsAsSeen: true, TookOver: null }))
        {
            // Another deployer has been at work since the first look: what counts is what is there under the lease.
            await SeeAsync(cancellation);
        }

        await RecoverAsync(cancellation);
        var plan = PlanFor(image?.PullReference);
        await EnsureImagesAsync(plan, cancellation);
        await Task.WhenAll(leases.Select(l => l.ConfirmAsync(cancellation)));
        // What was taken, for good: the list is emptied when they are given back.
        var taken = leases.ToList();
        bool IsOurs(string host) => !taken.Exists(l => l.Host == host && l.Loss is not null);
        journal = new Journal(hosts, services.Observer, services.Time, rolloutId, IsOurs, services.Mask);
        journal.Begin(
            new RolloutPurpose(Purpose, request.Version, request.Performer, request.Commit, request.IsRollback),
            host => fleet![host].Interrupted
        );
        var byName = hosts.ToDictionary(h => h.Name);
        context = new StepContext(byName, services, ReleaseRegistry, archives, Hooks) { Leases = taken };
        rollout = new Rollout(plan, context, journal, RolloutOptions.Of(config));
        await AuditFailureAsync(() => rollout.PrepareAsync(cancellation), plan);
        return new PreparedFleet(plan);
    }

    /// <summary>Runs the migration, when there is one: in a container of the new release, before anything of it starts.</summary>
    /// <exception cref="RolloutFailedException">It failed; the old release serves on every host.</exception>
    public Task<PreparedFleet> MigrateAsync(PreparedFleet prepared, CancellationToken cancellation) =>
        GuardAsync(async () =>
        {
            await AuditFailureAsync(() => Begun.MigrateAsync(cancellation), prepared.Plan);
            return prepared;
        });

    /// <summary>
    /// Starts the new containers, waits until all are healthy, moves the traffic on all hosts, and watches the new release for a while. Migrates first, unless
    /// that was done.
    /// </summary>
    /// <exception cref="RolloutFailedException">It failed; the old release serves on every host.</exception>
    public Task<SwitchedFleet> SwitchAsync(PreparedFleet prepared, CancellationToken cancellation) =>
        GuardAsync(() => MoveTrafficAsync(prepared, cancellation));

    private async Task<SwitchedFleet> MoveTrafficAsync(PreparedFleet prepared, CancellationToken cancellation)
    {
        await AuditFailureAsync(() => Begun.SwitchAsync(cancellation), prepared.Plan);
        if (prepared.Plan.ChangesRelease)
        {
            // Written while what served before is drained.
            auditing = AuditAsync(prepared.Plan, rolloutId, "done", KindOf(request.IsRollback));
        }

        return new SwitchedFleet(prepared.Plan, HostSet.Releases(config, hosts, request.Version));
    }

    /// <summary>Drains and stops what served before, prunes, gives the leases back, and runs the hook <c>post-deploy</c>.</summary>
    /// <exception cref="HookFailedException">The hook failed; the new release serves all the same.</exception>
    /// <exception cref="OperationCanceledException">It was ended: what is left is for the next run to clear up.</exception>
    public async Task CleanUpAsync(SwitchedFleet switched, CancellationToken cancellation)
    {
        await Begun.SettleAsync(cancellation);
        await auditing;
        await Task.WhenAll(
            EndJournalAsync(cancellation.IsCancellationRequested ? "interrupted while clearing up" : "done"),
            services.Registry.PruneAsync(config.Image, KeptVersions(), cancellation),
            ReleaseAsync()
        );
        cancellation.ThrowIfCancellationRequested();
        if (switched.Plan.ChangesRelease)
        {
            await Hooks.RunAsync(HookNames.PostDeploy, HostSet.NamesOf(config), cancellation);
        }
    }

    /// <summary>The versions whose image some host still has: the registry keeps their layers, so that the next push finds them there.</summary>
    private List<string> KeptVersions() =>
        [
            request.Version,
            .. fleet!.Hosts.SelectMany(h => h.Images).Select(i => i[(i.LastIndexOf(':') + 1)..]).Distinct(),
        ];

    /// <summary>Hosts that switched, and could not be reached since: what they serve now is not known.</summary>
    public IReadOnlyList<string> OutOfReach => rollout?.OutOfReach ?? [];

    /// <summary>What serves on each host when nothing has to be done.</summary>
    public IReadOnlyList<HostRelease> Serving() => HostSet.Releases(config, hosts, request.Version);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        var left = rollout is null ? [] : await AbandonAsync(rollout);
        await auditing;
        await EndJournalAsync("abandoned", left);
        await ReleaseAsync();
    }

    private string Purpose => $"{(request.IsRollback ? "rollback to" : "deploy")} {request.Version}";

    private Rollout Begun =>
        rollout ?? throw new InvalidOperationException("The hosts must be prepared before traffic is switched.");

    /// <summary>All that the hosts know, asked for at once.</summary>
    private async Task SeeAsync(CancellationToken cancellation)
    {
        var sight = await new Observer(config, services.Machine, services.Time).ObserveAsync(hosts, cancellation);
        fleet = sight.Fleet;
        leasesSeen = JudgeLeases(hosts, sight);
        interrupted = sight.Records.ToDictionary(r => r.Key, r => r.Value.Interrupted);
        forgotten =
        [
            .. ForgottenHosts.Notes(config.Service, sight.Records.Values.SelectMany(r => r.Audit), NamedHosts),
        ];
    }

    private Plan PlanFor(string? pullReference)
    {
        var plan = Planner.Plan(
            new PlanRequest
            {
                Config = config,
                Fleet = fleet!,
                Release = new Release
                {
                    Version = request.Version,
                    PullReference = pullReference,
                    ImageName = ImageName,
                },
                Rollout = rolloutId,
                ProxyImage = services.ProxyImages.ImageName,
                IsRollback = request.IsRollback,
                Machine = services.Machine,
            }
        );
        return plan with { Notes = [.. plan.Notes, .. forgotten] };
    }
}
