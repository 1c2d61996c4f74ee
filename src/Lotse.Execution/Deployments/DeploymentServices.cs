using Lotse.Execution.Journals;
using Lotse.Execution.Ports;
using Lotse.Execution.Reporting;
using Lotse.Planning;

namespace Lotse.Execution.Deployments;

/// <summary>Everything outside of itself that a deployment uses.</summary>
public sealed record DeploymentServices
{
    /// <summary>Connects to hosts.</summary>
    public required IHostConnector Hosts { get; init; }

    /// <summary>Builds images.</summary>
    public required Func<CancellationToken, Task<IImageBuilder>> Builder { get; init; }

    /// <summary>Makes base images and accessories' images present on this machine's engine.</summary>
    public required Func<CancellationToken, Task<IBaseImages>> BaseImages { get; init; }

    /// <summary>This machine's engine, on which images are built.</summary>
    public required Func<CancellationToken, Task<IContainerEngine>> BuildEngine { get; init; }

    /// <summary>The embedded registry, through which all travels that does not go by one that the configuration names.</summary>
    public required IImageRegistry Registry { get; init; }

    /// <summary>
    /// The most of a release that is sent as an archive to hosts that could pull it, in bytes as they travel: of a pull that breaks the engine keeps the layers
    /// that it has, of an archive nothing. Default: 64 MiB; 0 lets all hosts pull that can.
    /// </summary>
    public long MostOfChange { get; init; } = ArchiveDelivery.MostOfChange;

    /// <summary>The edge proxy's image.</summary>
    public required IProxyImages ProxyImages { get; init; }

    /// <summary>The user's hook scripts.</summary>
    public required IHookRunner Hooks { get; init; }

    /// <summary>The terminal that this process runs in.</summary>
    public required ITerminal Terminal { get; init; }

    /// <summary>Tells processes apart.</summary>
    public required IProcessProbe Processes { get; init; }

    /// <summary>Takes what happens.</summary>
    public required IRolloutObserver Observer { get; init; }

    /// <summary>Hides secrets in what is kept on hosts and shown.</summary>
    public SecretMask Mask { get; init; } = new();

    /// <summary>The names of what the services of a host share.</summary>
    public MachineNames Machine { get; init; } = MachineNames.Default;

    /// <summary>
    /// How long a host that does not answer is waited for while a rollout is taken back. Default: infinite, which is as long as taking back may take at all.
    /// </summary>
    public TimeSpan Patience { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Makes ids.</summary>
    public required IIdSource Ids { get; init; }

    /// <summary>Adds a line to a host's audit log, without secrets.</summary>
    internal Task AuditAsync(IHost host, AuditEntry entry, CancellationToken cancellation) =>
        Records.AuditAsync(host.Store, entry with { Outcome = Mask.Apply(entry.Outcome) }, cancellation);
}
