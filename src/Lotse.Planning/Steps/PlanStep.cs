using System.Collections.Immutable;
using Lotse.Planning.Containers;

namespace Lotse.Planning.Steps;

/// <summary>One thing to do on one host. Steps are data: a handler carries them out, and a plan can be printed without doing anything.</summary>
/// <param name="Host">The host's configured name.</param>
public abstract record PlanStep(string Host)
{
    /// <summary>What the step does, in a few words for a person.</summary>
    public abstract string Describe();
}

/// <summary>Make the network that proxy, containers and accessories share.</summary>
public sealed record EnsureNetwork(string Host, string Network) : PlanStep(Host)
{
    /// <inheritdoc/>
    public override string Describe() => $"create network {Network}";
}

/// <summary>Start the edge proxy, or replace it when its specification changed.</summary>
/// <param name="Host">The host.</param>
/// <param name="Spec">What it shall be.</param>
/// <param name="Replaces">Whether there is one that makes way.</param>
/// <param name="Reason">Why, for the reader.</param>
public sealed record EnsureProxy(string Host, ContainerSpec Spec, bool Replaces, string Reason) : PlanStep(Host)
{
    /// <inheritdoc/>
    public override string Describe() => $"{(Replaces ? "replace" : "start")} edge proxy {Spec.Name} ({Reason})";
}

/// <summary>Bring an accessory to run as it is configured, and wait until it is healthy.</summary>
public sealed record EnsureAccessory(string Host, string Accessory, ContainerSpec Spec, AccessoryWork Work)
    : PlanStep(Host)
{
    /// <summary>How long a new container without a health check must stay up to count as well. Default: not at all.</summary>
    public TimeSpan Probation { get; init; }

    /// <inheritdoc/>
    public override string Describe() =>
        Work switch
        {
            AccessoryWork.Create => $"create accessory {Accessory} from {Spec.Image}",
            AccessoryWork.Start => $"start accessory {Accessory} from {Spec.Image}",
            AccessoryWork.Replace => $"replace accessory {Accessory} by a new container from {Spec.Image}",
            _ => $"put accessory {Accessory} right, whose replacement was interrupted",
        };
}

/// <summary>What it takes for an accessory to run.</summary>
public enum AccessoryWork
{
    /// <summary>There is no container.</summary>
    Create,

    /// <summary>The container does not run.</summary>
    Start,

    /// <summary>A new container takes its place; where that does not become healthy, the old one comes back.</summary>
    Replace,

    /// <summary>There are two: whoever replaced one by the other has died.</summary>
    PutRight,
}

/// <summary>Bring the release's image onto the host.</summary>
public sealed record PullImage(string Host, string PullReference, string ImageName) : PlanStep(Host)
{
    /// <inheritdoc/>
    public override string Describe() => $"pull {ImageName}";
}

/// <summary>Forget a staged target.</summary>
public sealed record AbortStage(string Host, string ProxyService) : PlanStep(Host)
{
    /// <summary>Whether it is what this rollout itself staged. Default: it is what an interrupted one left, whatever that is.</summary>
    public bool IsOwn { get; init; }

    /// <inheritdoc/>
    public override string Describe() => $"forget the staged target of {ProxyService}";
}

/// <summary>Remove a container.</summary>
public sealed record RemoveContainer(string Host, string Container, string Reason) : PlanStep(Host)
{
    /// <inheritdoc/>
    public override string Describe() => $"remove container {Container} ({Reason})";
}

/// <summary>Give a container another name.</summary>
public sealed record RenameContainer(string Host, string From, string To) : PlanStep(Host)
{
    /// <inheritdoc/>
    public override string Describe() => $"rename container {From} to {To}";
}

/// <summary>Run the migration in a container of the new release, and wait for its end.</summary>
public sealed record RunMigration(string Host, string Role, string Command, ContainerSpec Spec, TimeSpan Timeout)
    : PlanStep(Host)
{
    /// <inheritdoc/>
    public override string Describe() => $"migrate by `{Command}`, at most {Timeout.TotalSeconds:0} s";
}

/// <summary>Create a release's container, without starting it.</summary>
public sealed record CreateContainer(string Host, string Role, ContainerSpec Spec) : PlanStep(Host)
{
    /// <inheritdoc/>
    public override string Describe() => $"create container {Spec.Name} from {Spec.Image}";
}

/// <summary>Start a container and begin to watch it.</summary>
public sealed record StartContainer(string Host, string Role, string Container) : PlanStep(Host)
{
    /// <inheritdoc/>
    public override string Describe() => $"start container {Container}";
}

/// <summary>
/// Bring a container that runs, but may have been told to end, to its end, and start it again: whoever stopped it may not have waited for that.
/// </summary>
public sealed record RestartContainer(string Host, string Role, string Container, TimeSpan Timeout) : PlanStep(Host)
{
    /// <inheritdoc/>
    public override string Describe() => $"restart container {Container}";
}

/// <summary>Put a started container behind the proxy, without traffic, and wait until it is healthy.</summary>
public sealed record StageTarget(string Host, string Role, string Container, ProxyRoute Route) : PlanStep(Host)
{
    /// <inheritdoc/>
    public override string Describe() =>
        $"stage {Container} behind {Route.Service}, healthy at :{Route.Port}{Route.HealthCheckPath} within {Route.DeployTimeout.TotalSeconds:0} s";
}

/// <summary>Wait until a container that gets no traffic from the proxy is up.</summary>
public sealed record AwaitRunning(string Host, string Role, string Container, TimeSpan ReadinessDelay, TimeSpan Timeout)
    : PlanStep(Host)
{
    /// <inheritdoc/>
    public override string Describe() => $"wait until {Container} is up";
}

/// <summary>Move the traffic to the staged target, at once.</summary>
public sealed record SwitchTraffic(string Host, string Role, string ProxyService, string Container) : PlanStep(Host)
{
    /// <inheritdoc/>
    public override string Describe() => $"switch {ProxyService} to {Container}";
}

/// <summary>Let the in-flight requests of the previous target finish.</summary>
public sealed record DrainTarget(string Host, string ProxyService, TimeSpan Timeout) : PlanStep(Host)
{
    /// <inheritdoc/>
    public override string Describe() => $"drain {ProxyService}, at most {Timeout.TotalSeconds:0} s";
}

/// <summary>Stop a container by SIGTERM, and by SIGKILL after the timeout.</summary>
public sealed record StopContainer(string Host, string Container, TimeSpan Timeout) : PlanStep(Host)
{
    /// <inheritdoc/>
    public override string Describe() => $"stop container {Container}";
}

/// <summary>Remove images of the service that no kept container uses.</summary>
public sealed record PruneImages(string Host, string Repository, ImmutableArray<string> Images) : PlanStep(Host)
{
    /// <inheritdoc/>
    public override string Describe() => $"prune {Images.Length} image(s) of {Repository}";
}

/// <summary>Remove the route of a role that is no longer configured.</summary>
public sealed record RemoveRoute(string Host, string ProxyService) : PlanStep(Host)
{
    /// <inheritdoc/>
    public override string Describe() => $"remove route {ProxyService}";
}
