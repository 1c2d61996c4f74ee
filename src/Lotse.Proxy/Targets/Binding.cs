using Lotse.Proxy.Contract;

namespace Lotse.Proxy.Targets;

/// <summary>A target together with how it is routed and forwarded: both change at once.</summary>
internal sealed record Binding(Target Target, ServiceOptions Options);
