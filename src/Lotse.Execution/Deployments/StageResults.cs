using System.Collections.Immutable;
using Lotse.Execution.Ports;
using Lotse.Planning;
using Lotse.Planning.Observed;
using Lotse.Planning.Steps;

namespace Lotse.Execution.Deployments;

/// <summary>What the look at the hosts found before anything was done.</summary>
/// <param name="Plan">What a deploy would do, as far as it can be told before the image is built.</param>
/// <param name="Fleet">What the hosts report.</param>
public sealed record Preflight(Plan Plan, ObservedFleet Fleet)
{
    /// <summary>Whether the release serves already, and nothing is left to do.</summary>
    public bool IsUpToDate => Plan.IsEmpty && !IsLeftOpen;

    /// <summary>Whether a deployer died on some host that left its lease or its journal open: a deploy closes them, even when nothing else is to do.</summary>
    public bool IsLeftOpen { get; init; }

    /// <summary>Whether an image must be built and brought to the hosts: some host is to make a container and lacks it.</summary>
    public bool NeedsImage =>
        Plan[PlanPhase.Stage]
            .OfType<CreateContainer>()
            .Any(c => !Fleet[c.Host].Images.Contains(Plan.Release.ImageName));
}

/// <summary>The image as the registry holds it.</summary>
/// <param name="PullReference">What a host pulls from the registry, without its address: <c>repository@sha256:…</c>.</param>
/// <param name="ImageName">Its name on the hosts: <c>repository:version</c>.</param>
public sealed record PushedImage(string PullReference, string ImageName);

/// <summary>The hosts are prepared: image, network, proxy and accessories are there.</summary>
/// <param name="Plan">The plan that is being carried out.</param>
public sealed record PreparedFleet(Plan Plan);

/// <summary>Every host serves the new release.</summary>
/// <param name="Plan">The plan that is being carried out.</param>
/// <param name="Hosts">What serves on each host.</param>
public sealed record SwitchedFleet(Plan Plan, ImmutableArray<HostRelease> Hosts);

/// <summary>What serves on one host.</summary>
/// <param name="Host">The host's configured name.</param>
/// <param name="Version">The version that serves.</param>
/// <param name="Url">Where; null when no role of the host is proxied.</param>
public sealed record HostRelease(string Host, string Version, Uri? Url);
