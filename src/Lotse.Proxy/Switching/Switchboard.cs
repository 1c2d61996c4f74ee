using Lotse.Proxy.Contract;
using Lotse.Proxy.Health;
using Lotse.Proxy.Routing;
using Lotse.Proxy.State;
using Lotse.Proxy.Targets;

namespace Lotse.Proxy.Switching;

/// <summary>
/// All services and their targets. Commands change it one at a time, and only after the change is on disk is it seen and acknowledged; waiting (for health,
/// for a drain) happens outside of the lock. Requests never wait: they read an immutable snapshot.
/// </summary>
internal sealed partial class Switchboard(StateFile file, HealthGate gate, HealthWatch watch, TimeProvider time)
    : IDisposable
{
    private readonly Lock turn = new();
    private volatile Snapshot snapshot = Snapshot.Empty;

    /// <summary>Takes the services back that had traffic when the proxy ended. They serve at once: they were healthy then.</summary>
    /// <returns>How many.</returns>
    public int Restore()
    {
        var saved = file.Load();
        snapshot = saved.Aggregate(Snapshot.Empty, (all, s) => all.With(Restored(s)));
        lock (turn)
        {
            foreach (var state in snapshot.Services.Values)
            {
                Watch(state.Name, state.Active);
            }
        }

        return saved.Count;
    }

    private ServiceState Restored(SavedService saved)
    {
        var previous = saved.Previous is { } before ? NewBinding(before.Target, before.Options) : null;
        previous?.Target.Close();
        return new ServiceState(saved.Service)
        {
            Active = NewBinding(saved.Target, saved.Options),
            Previous = previous,
            IsRevertible = saved.IsRevertible,
            Hold = Hold.Of(saved.Hold),
        };
    }

    /// <summary>
    /// Assigns a request to the target that has the traffic now. The route is null when no service takes the request, its binding when the service has no
    /// target yet. Who is given a binding without a hold calls <see cref="Target.Leave"/> on its target at the end.
    /// </summary>
    public ServiceRoute? Assign(string host, string path)
    {
        while (true)
        {
            var route = snapshot.Routes.Find(host, path);
            // A target that closed since is one that was switched away from, and the snapshot by now says to whom.
            if (route?.Binding is null || route.Hold is not null || route.Binding.Target.TryEnter())
            {
                return route;
            }
        }
    }

    public ListResult List() =>
        new([.. snapshot.Services.Values.OrderBy(s => s.Name, StringComparer.Ordinal).Select(s => s.ToReport())]);

    /// <summary>Waits until the target is healthy and keeps it, without traffic. An earlier staging of the service ends as aborted.</summary>
    /// <exception cref="RefusedException">Another service has a host and path of these options.</exception>
    public Task<StageResult> StageAsync(StageCommand stage, CancellationToken cancellation) =>
        StageAsync(stage, staged => staged, cancellation);

    /// <summary>Stages, switches and drains. The target gets the traffic as soon as it is healthy: no other command comes in between.</summary>
    /// <exception cref="RefusedException">Another service has a host and path of these options, or the old target has the traffic again.</exception>
    public async Task<StageResult> DeployAsync(DeployCommand deploy, CancellationToken cancellation)
    {
        var stage = new StageCommand(deploy.Service, deploy.Target, deploy.Options);
        var result = await StageAsync(stage, staged => staged.Switch()!, cancellation);
        if (result.Healthy)
        {
            await DrainAsync(new DrainCommand(deploy.Service, deploy.Options.DrainTimeout), cancellation);
        }

        return result;
    }

    /// <summary>Removes a service; one that is not there is fine.</summary>
    public void Remove(string service)
    {
        lock (turn)
        {
            Commit(new ServiceState(service));
        }
    }

    private async Task<StageResult> StageAsync(
        StageCommand stage,
        Func<ServiceState, ServiceState> then,
        CancellationToken cancellation
    )
    {
        using var staging = new Staging(stage.Target, stage.Options, time.GetUtcNow(), cancellation);
        lock (turn)
        {
            ThrowOnConflict(stage.Service, stage.Options);
            Commit(snapshot[stage.Service].Probe(staging));
        }

        var result = await ProbeAsync(stage, staging);
        lock (turn)
        {
            var state = snapshot[stage.Service];
            var next = result.Healthy
                ? state.Stage(staging, NewBinding(stage.Target, stage.Options))
                : state.GiveUp(staging);
            if (next is null)
            {
                return result with { Healthy = false, Aborted = true };
            }

            Commit(result.Healthy ? then(next) : next);
            return result;
        }
    }

    private async Task<StageResult> ProbeAsync(StageCommand stage, Staging staging)
    {
        try
        {
            return await gate.AwaitAsync(stage.Target, stage.Options, staging.Aborted);
        }
        catch
        {
            lock (turn)
            {
                if (snapshot[stage.Service].GiveUp(staging) is { } state)
                {
                    Commit(state);
                }
            }

            throw;
        }
    }

    private Binding NewBinding(string address, ServiceOptions options) =>
        new(new Target(address, time.GetUtcNow()), options);

    /// <summary>
    /// Makes a state the current one. The order matters: the disk first, which may refuse; then the new target opens, requests see it, and only then the old
    /// one closes, so that whoever finds it closed reads the new snapshot.
    /// </summary>
    private void Commit(ServiceState after)
    {
        var before = snapshot[after.Name];
        var next = snapshot.With(after);
        if (
            before.Active != after.Active
            || before.Hold != after.Hold
            || before.Previous != after.Previous
            || before.IsRevertible != after.IsRevertible
        )
        {
            file.Save(next.Services.Values.Where(s => s.Active is not null).Select(Saved));
        }

        if (after.Hold is null)
        {
            after.Active?.Target.Reopen();
        }

        snapshot = next;
        if (after.Hold is not null)
        {
            after.Active?.Target.Close();
        }

        if (before.Active != after.Active)
        {
            before.Active?.Target.Close();
            Watch(after.Name, after.Active);
        }

        if (before.Hold != after.Hold)
        {
            before.Hold?.Release();
        }

        if (before.Probing != after.Probing)
        {
            before.Probing?.Abort();
        }

        foreach (var dropped in before.Bindings.Except(after.Bindings))
        {
            dropped.Target.Close();
            _ = EndAsync(dropped);
        }
    }

    private static SavedService Saved(ServiceState state) =>
        new(state.Name, state.Active!.Target.Address, state.Active.Options, state.Hold?.Command)
        {
            Previous = state.Previous is { } previous
                ? new SavedTarget(previous.Target.Address, previous.Options)
                : null,
            IsRevertible = state.IsRevertible,
        };

    /// <summary>Lets the requests of a target that nobody keeps any more end within its own drain timeout.</summary>
    private async Task EndAsync(Binding dropped)
    {
        await dropped.Target.WaitUntilIdleAsync(dropped.Options.DrainTimeout, time, CancellationToken.None);
        dropped.Target.CutOff();
        await dropped.Target.WaitUntilIdleAsync(dropped.Options.DrainTimeout, time, CancellationToken.None);
        dropped.Target.Dispose();
    }

    private void ThrowOnConflict(string service, ServiceOptions options)
    {
        var others = snapshot
            .Services.Values.Where(s => s.Name != service)
            .SelectMany(s => s.Claims.Select(claim => new RoutedService(s.Name, claim, null)));
        if (RouteTable.FindConflict(options, others) is var (taken, host, prefix))
        {
            var name = host.Length == 0 ? "any host" : host;
            throw new RefusedException(
                $"{taken} already serves {name}, path {prefix}. Give {service} another host or path, or remove {taken}."
            );
        }
    }
}
