using Lotse.Configuration;
using Lotse.Planning.Containers;
using Lotse.Planning.Observed;
using Lotse.Planning.Steps;

namespace Lotse.Planning.Planners;

/// <summary>Plans one role on one host.</summary>
internal sealed class RolePlanner
{
    private readonly PlanRequest request;
    private readonly RoleConfig role;
    private readonly string host;
    private readonly PlanSteps steps;
    private readonly string? service;
    private readonly RoleState state;
    private readonly ContainerSpec spec;

    public RolePlanner(PlanRequest request, RoleConfig role, HostConfig host, PlanSteps steps)
    {
        this.request = request;
        this.role = role;
        this.host = host.Name;
        this.steps = steps;
        var config = request.Config;
        service = role.Proxy is null ? null : Names.ProxyService(config.Service, role.Name, config.Destination);
        state = new RoleState(request.Fleet[host.Name], role.Name, service);
        spec = ContainerSpecs.ForRole(request, role, host);
    }

    /// <summary>The container that serves now.</summary>
    public ObservedContainer? Active => state.Active;

    public void Plan()
    {
        ClearLeftovers();
        var serving = state.Active is { IsRunning: true } active && Matches(active) ? active : null;
        var reused = serving is null ? Reusable() : null;
        if (serving is null)
        {
            Bring(reused);
        }

        Settle(serving ?? reused, switches: serving is null);
    }

    private void ClearLeftovers()
    {
        if (service is not null && state.Route?.Staged is not null)
        {
            steps.Add(PlanPhase.Prepare, new AbortStage(host, service));
        }

        foreach (var leftover in state.Leftovers)
        {
            const string Reason = "left by a rollout that was interrupted";
            steps.Add(PlanPhase.Prepare, new RemoveContainer(host, leftover.Name, Reason));
        }
    }

    /// <summary>
    /// A container that can serve the release as it is: for a rollback, whatever its configuration was then; for a deploy, only one of the
    /// same configuration (the proxy may have lost its state, or the container was stopped by hand).
    /// </summary>
    private ObservedContainer? Reusable() => state.Containers.Except(state.Leftovers).FirstOrDefault(Matches);

    private bool Matches(ObservedContainer container) =>
        container.Version == request.Release.Version
        && (request.IsRollback || container.Fingerprint == spec.Fingerprint);

    private void Bring(ObservedContainer? reused)
    {
        if (reused is null)
        {
            Create();
        }

        var name = reused?.Name ?? spec.Name;
        if (reused is not { IsRunning: true })
        {
            steps.Add(PlanPhase.Stage, new StartContainer(host, role.Name, name));
        }
        else if (state.Active is not null)
        {
            // Another one has taken its place, so it is being stopped, or should be.
            steps.Add(PlanPhase.Stage, new RestartContainer(host, role.Name, name, role.StopTimeout));
        }

        if (service is null)
        {
            var config = request.Config;
            steps.Add(
                PlanPhase.Stage,
                new AwaitRunning(host, role.Name, name, config.ReadinessDelay, config.DeployTimeout)
            );
            return;
        }

        var route = ProxyRoutes.For(request.Config, role, service);
        steps.Add(PlanPhase.Stage, new StageTarget(host, role.Name, name, route));
        steps.Add(PlanPhase.Switch, new SwitchTraffic(host, role.Name, service, name));
    }

    private void Create()
    {
        if (request.Release.PullReference is { } reference)
        {
            steps.Add(PlanPhase.Prepare, new PullImage(host, reference, request.Release.ImageName));
        }

        var holder = state.Containers.Except(state.Leftovers).FirstOrDefault(c => c.Name == spec.Name);
        if (holder is not null)
        {
            var other = Names.Replaced(spec.Name, request.Rollout);
            steps.Add(PlanPhase.Stage, new RenameContainer(host, spec.Name, other));
        }

        steps.Add(PlanPhase.Stage, new CreateContainer(host, role.Name, spec));
    }

    private void Settle(ObservedContainer? kept, bool switches)
    {
        if (service is not null && (state.Route?.Previous is not null || (switches && state.Route?.Active is not null)))
        {
            steps.Add(PlanPhase.Settle, new DrainTarget(host, service, request.Config.DrainTimeout));
        }

        var old = state.Containers.Except(state.Leftovers).Where(c => c != kept).ToList();
        foreach (var running in old.Where(c => c.IsRunning))
        {
            steps.Add(PlanPhase.Settle, new StopContainer(host, NameNow(running), role.StopTimeout));
        }

        foreach (var surplus in Retention.Surplus(old, request.Config.RetainContainers))
        {
            steps.Add(PlanPhase.Settle, new RemoveContainer(host, NameNow(surplus), "beyond retain_containers"));
        }
    }

    private string NameNow(ObservedContainer container) => steps.NameNow(host, container.Name);
}
