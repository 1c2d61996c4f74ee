using Lotse.Proxy.Contract;

namespace Lotse.Proxy.Targets;

/// <summary>A target together with how it is routed and forwarded: both change at once.</summary>
internal sealed record Binding(Target Target, ServiceOptions Options)
{
    /// <summary>Two bindings are the same only when they are one: the target's counters and connections are its identity.</summary>
    public bool Equals(Binding? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => Target.GetHashCode();
}
