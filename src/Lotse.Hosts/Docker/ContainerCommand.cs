using System.Collections.Immutable;

namespace Lotse.Hosts.Docker;

/// <summary>A command to run in a container.</summary>
/// <param name="Container">The container.</param>
/// <param name="Words">The command.</param>
/// <param name="Limit">How long it is waited for; infinite for as long as it takes.</param>
public sealed record ContainerCommand(string Container, ImmutableArray<string> Words, TimeSpan Limit);
