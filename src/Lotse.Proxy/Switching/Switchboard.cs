using System.Collections.Immutable;
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
internal sealed class Switchboard(StateFile file, HealthGate gate, TimeProvider time)
{
    private readonly Lock turn = new();
    private readonly Dictionary<string, CancellationTokenSource> stagings = new(StringComparer.Ordinal);
    private volatile Snapshot snapshot = Snapshot.Empty;

    /// <summary>Takes the services back that had traffic when the proxy ended. They serve at once: they were healthy then.</summary>
    public void Restore()
    {
        var services = file.Load()
            .ToImmutableDictionary(
                s => s.Name,
                s => ServiceState.New(s.Name) with { Active = new Binding(new Target(s.Target), s.Options) }
            );
        snapshot = new Snapshot(services);
    }

    /// <summary>
    /// Assigns a request to the target that has the traffic now: null target when the service has none, null when no service takes it.
    /// </summary>
    public (Routing.Route Route, Binding? Binding)? Assign(string host, string path)
    {
        while (true)
        {
            var seen = snapshot;
            if (seen.Routes.Find(host, path) is not { } route)
            {
                return null;
            }

            var binding = seen.Services.GetValueOrDefault(route.Service)?.Active;
            // A target that closed since is one that was switched away from: the snapshot by now says to whom.
            if (binding is null || binding.Target.TryEnter())
            {
                return (route, binding);
            }
        }
    }

    public ListResult List() =>
        new([.. snapshot.Services.Values.OrderBy(s => s.Name, StringComparer.Ordinal).Select(s => s.ToReport())]);

    /// <summary>Waits until the target is healthy and keeps it, without traffic. An earlier staging of the service ends as aborted.</summary>
    /// <exception cref="UsageException">Another service has a host and path of these options.</exception>
    public async Task<StageResult> StageAsync(
        string service,
        string address,
        ServiceOptions options,
        CancellationToken cancellation
    )
    {
        using var abort = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        lock (turn)
        {
            ThrowOnConflict(service, options);
            stagings.GetValueOrDefault(service)?.Cancel();
            stagings[service] = abort;
        }

        try
        {
            var result = await gate.AwaitAsync(address, options, abort.Token);
            return result.Healthy ? Keep(service, address, options, result, abort.Token) : result;
        }
        finally
        {
            lock (turn)
            {
                if (stagings.GetValueOrDefault(service) == abort)
                {
                    stagings.Remove(service);
                }
            }
        }
    }

    /// <summary>Moves the traffic to the staged target.</summary>
    /// <exception cref="UsageException">None is staged.</exception>
    public SwitchResult Switch(string service) =>
        Change(
            service,
            state =>
                state.Switch() ?? throw new UsageException($"Nothing is staged for {service}: stage a target first.")
        );

    /// <summary>Moves the traffic back.</summary>
    public SwitchResult Revert(string service) => Change(service, state => state.Revert());

    /// <summary>Forgets the staged target, and ends a staging that still waits.</summary>
    public void Abort(string service)
    {
        lock (turn)
        {
            stagings.GetValueOrDefault(service)?.Cancel();
            if (snapshot.Services.GetValueOrDefault(service) is { Staged: { } staged } state)
            {
                staged.Target.Dispose();
                Publish(state.Abort());
            }
        }
    }

    /// <summary>Waits until the previous target has no request in flight.</summary>
    public async Task<DrainResult> DrainAsync(string service, TimeSpan timeout, CancellationToken cancellation)
    {
        if (snapshot.Services.GetValueOrDefault(service)?.Previous is not { } previous)
        {
            return new DrainResult(null, 0);
        }

        var cutOff = await previous.Target.DrainAsync(timeout, time, cancellation);
        lock (turn)
        {
            if (snapshot.Services.GetValueOrDefault(service) is { } state && state.Previous == previous)
            {
                Publish(state.Drained());
                previous.Target.Dispose();
            }
        }

        return new DrainResult(previous.Target.Address, cutOff);
    }

    /// <summary>Removes a service; one that is not there is fine.</summary>
    public void Remove(string service)
    {
        lock (turn)
        {
            stagings.GetValueOrDefault(service)?.Cancel();
            if (snapshot.Services.GetValueOrDefault(service) is { } state)
            {
                Publish(ServiceState.New(service));
                Retire(state.Active);
                Retire(state.Staged);
                Retire(state.Previous);
            }
        }
    }

    private StageResult Keep(
        string service,
        string address,
        ServiceOptions options,
        StageResult result,
        CancellationToken abort
    )
    {
        lock (turn)
        {
            if (abort.IsCancellationRequested)
            {
                return result with { Healthy = false, Aborted = true };
            }

            // Another service may have taken the host while this one waited.
            ThrowOnConflict(service, options);
            var state = snapshot.Services.GetValueOrDefault(service) ?? ServiceState.New(service);
            state.Staged?.Target.Dispose();
            Publish(state.Stage(new Binding(new Target(address), options)));
            return result;
        }
    }

    private SwitchResult Change(string service, Func<ServiceState, ServiceState> change)
    {
        lock (turn)
        {
            var before = snapshot.Services.GetValueOrDefault(service) ?? ServiceState.New(service);
            var after = change(before);
            after.Active?.Target.Reopen();
            Publish(after);
            // Only now: whoever read the old snapshot finds the target closed and reads again.
            if (before.Active != after.Active)
            {
                before.Active?.Target.Close();
            }

            foreach (var binding in Dropped(before, after))
            {
                Retire(binding);
            }

            return new SwitchResult(before.Active?.Target.Address, after.Active?.Target.Address);
        }
    }

    private static IEnumerable<Binding> Dropped(ServiceState before, ServiceState after) =>
        new[] { before.Active, before.Staged, before.Previous }
            .OfType<Binding>()
            .Except(new[] { after.Active, after.Staged, after.Previous }.OfType<Binding>());

    /// <summary>Lets a target that nobody keeps any more end its requests within its own drain timeout.</summary>
    private void Retire(Binding? binding)
    {
        if (binding is null)
        {
            return;
        }

        binding.Target.Close();
        _ = FinishAsync(binding);
    }

    private async Task FinishAsync(Binding binding)
    {
        await binding.Target.DrainAsync(binding.Options.DrainTimeout, time, CancellationToken.None);
        binding.Target.Dispose();
    }

    private void ThrowOnConflict(string service, ServiceOptions options)
    {
        var others = snapshot.Services.Values.SelectMany(s =>
            new[] { s.Active, s.Staged }.OfType<Binding>().Select(b => (s.Name, b.Options))
        );
        if (RouteTable.FindConflict(service, options, others) is var (taken, host, prefix))
        {
            var name = host.Length == 0 ? "any host" : host;
            throw new UsageException(
                $"{taken} already serves {name}, path {prefix}. Give {service} another host or path, or remove {taken}."
            );
        }
    }

    /// <summary>Writes the state, then lets requests see it.</summary>
    private void Publish(ServiceState state)
    {
        var services = state.IsEmpty
            ? snapshot.Services.Remove(state.Name)
            : snapshot.Services.SetItem(state.Name, state);
        file.Save(
            services
                .Values.Where(s => s.Active is not null)
                .Select(s => new SavedService(s.Name, s.Active!.Target.Address, s.Active.Options))
        );
        snapshot = new Snapshot(services);
    }

    private sealed class Snapshot(ImmutableDictionary<string, ServiceState> services)
    {
        public static Snapshot Empty { get; } = new(ImmutableDictionary<string, ServiceState>.Empty);

        public ImmutableDictionary<string, ServiceState> Services => services;

        public RouteTable Routes { get; } =
            RouteTable.Build(services.Values.Where(s => s.Active is not null).Select(s => (s.Name, s.Active!.Options)));
    }
}
