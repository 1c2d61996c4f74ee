using Lotse.Proxy.Contract;
using Lotse.Proxy.Targets;

namespace Lotse.Proxy.Switching;

/// <summary>
/// What a service has: the target with the traffic, the one that waits for it, the one that had it. Each way between states is a pure function;
/// null says that it has no place.
/// </summary>
internal sealed record ServiceState(string Name, Binding? Active, Binding? Staged, Binding? Previous)
{
    public static ServiceState New(string name) => new(name, null, null, null);

    public bool IsEmpty => Active is null && Staged is null && Previous is null;

    public ServiceState Stage(Binding healthy) => this with { Staged = healthy };

    public ServiceState Abort() => this with { Staged = null };

    /// <summary>What was previous before is given up: only one release back is kept.</summary>
    public ServiceState? Switch() =>
        Staged is null ? null : this with { Active = Staged, Staged = null, Previous = Active };

    /// <summary>Back to the previous target, or to none where there was none.</summary>
    public ServiceState Revert() => this with { Active = Previous, Previous = null };

    public ServiceState Drained() => this with { Previous = null };

    public ServiceReport ToReport() =>
        new()
        {
            Name = Name,
            Hosts = (Active ?? Staged)?.Options.Hosts ?? [],
            PathPrefixes = (Active ?? Staged)?.Options.PathPrefixes ?? [],
            Active = Report(Active),
            Staged = Report(Staged),
            Previous = Report(Previous),
        };

    private static TargetReport? Report(Binding? binding) =>
        binding?.Target is { } target
            ? new TargetReport
            {
                Target = target.Address,
                Requests = target.Requests,
                Errors = target.Errors,
                InFlight = target.InFlight,
            }
            : null;
}
