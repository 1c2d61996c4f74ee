using Lotse.Proxy.Contract;
using Lotse.Proxy.Targets;

namespace Lotse.Proxy.Switching;

/// <summary>
/// What a service has: the target with the traffic, the one whose health is waited for, the healthy one that waits for the traffic, and the one that
/// had it before. Each way from one state to the next is a pure function; null says that there is no such way.
/// </summary>
internal sealed record ServiceState(string Name)
{
    public Binding? Active { get; init; }

    public Staging? Probing { get; init; }

    public Binding? Staged { get; init; }

    public Binding? Previous { get; init; }

    /// <summary>
    /// Whether the last switch can be taken back. It is not the same as having a previous target: the first switch of a service has none, and after a drain
    /// to go back to nothing would take the service down.
    /// </summary>
    public bool IsRevertible { get; init; }

    /// <summary>Why its requests are not forwarded; null when they are. A switch does not end it.</summary>
    public Hold? Hold { get; init; }

    public bool IsEmpty => Active is null && Probing is null && Staged is null && Previous is null;

    /// <summary>The targets that it holds on to.</summary>
    public IEnumerable<Binding> Bindings => new[] { Active, Staged, Previous }.OfType<Binding>();

    /// <summary>All options with which it is, was a moment ago or may soon be routed.</summary>
    public IEnumerable<ServiceOptions> Claims =>
        Probing is null ? Bindings.Select(b => b.Options) : Bindings.Select(b => b.Options).Append(Probing.Options);

    /// <summary>Whoever stages anew has given up what was staged before.</summary>
    public ServiceState Probe(Staging staging) => this with { Probing = staging, Staged = null };

    /// <summary>The probes found the target healthy.</summary>
    public ServiceState? Stage(Staging staging, Binding healthy) =>
        Probing == staging ? this with { Probing = null, Staged = healthy } : null;

    /// <summary>The probes ended without success.</summary>
    public ServiceState? GiveUp(Staging staging) => Probing == staging ? this with { Probing = null } : null;

    /// <summary>Forgets what is staged or about to be; with a target, only that one.</summary>
    public ServiceState Abort(string? target) =>
        this with
        {
            Probing = target is null || Probing?.Address == target ? null : Probing,
            Staged = target is null || Staged?.Target.Address == target ? null : Staged,
        };

    /// <summary>What was previous before is given up: only one release back is kept.</summary>
    public ServiceState? Switch() =>
        Staged is null ? null : this with { Active = Staged, Staged = null, Previous = Active, IsRevertible = true };

    /// <summary>Back to the previous target, or to none where there was none.</summary>
    public ServiceState? Revert() =>
        IsRevertible ? this with { Active = Previous, Previous = null, IsRevertible = false } : null;

    public ServiceState Drained() => this with { Previous = null, IsRevertible = false };

    public ServiceReport ToReport()
    {
        var shown = Active?.Options ?? Staged?.Options ?? Probing?.Options;
        return new ServiceReport
        {
            Name = Name,
            Hosts = shown?.Hosts ?? [],
            PathPrefixes = shown?.PathPrefixes ?? [],
            Mode = Hold?.Mode ?? ServiceMode.Running,
            Active = Report(Active),
            Probing = Probing is null ? null : new TargetReport { Target = Probing.Address, Since = Probing.Since },
            Staged = Report(Staged),
            Previous = Report(Previous),
        };
    }

    private static TargetReport? Report(Binding? binding) =>
        binding?.Target is { } target
            ? new TargetReport
            {
                Target = target.Address,
                Since = target.Since,
                Requests = target.Requests,
                Errors = target.Errors,
                ConnectErrors = target.ConnectErrors,
                Health = target.Health,
                InFlight = target.InFlight,
            }
            : null;
}
