using System.Collections.Immutable;

namespace Lotse.Execution.Ports;

/// <summary>One server (or this machine) with all that a rollout needs of it.</summary>
public interface IHost
{
    /// <summary>The host's configured name.</summary>
    string Name { get; }

    /// <summary>Its container engine.</summary>
    IContainerEngine Engine { get; }

    /// <summary>Its edge proxy.</summary>
    IEdgeProxy Proxy { get; }

    /// <summary>Small files kept on it between runs.</summary>
    IHostStore Store { get; }

    /// <summary>Where a browser reaches it: a host name or address, without a port.</summary>
    string Address { get; }

    /// <summary>
    /// How far its clock is ahead of this machine's, at least, by what it last told; negative when it is behind, null when that cannot be told or it is the same
    /// clock.
    /// </summary>
    TimeSpan? ClockAhead => null;

    /// <summary>The folder under which relative folders of accessories lie, absolute.</summary>
    string DataFolder { get; }

    /// <summary>Whether its engine is the one that images are built on: what is there need not be brought.</summary>
    bool IsBuilder { get; }

    /// <summary>
    /// The address (<c>host:port</c>) by which this host reaches the registry that has this address on the deployer's machine; null where the host forbids
    /// what that needs.
    /// </summary>
    Task<string?> ReachRegistryAsync(string registry, CancellationToken cancellation);

    /// <summary>Whether what <see cref="ReachRegistryAsync"/> began broke since.</summary>
    bool HasLostRegistry => false;

    /// <summary>Ends what <see cref="ReachRegistryAsync"/> began: from then on nobody on the host reaches anything of this machine.</summary>
    Task LeaveRegistryAsync(CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>Whether no program listens on a TCP port.</summary>
    Task<bool> IsPortFreeAsync(int port, CancellationToken cancellation);

    /// <summary>Whether a folder is there and holds something; also when it is there and this user may not look into it.</summary>
    Task<bool> HasDataAsync(string folder, CancellationToken cancellation);

    /// <summary>The disk that a folder lies on; null when that cannot be told.</summary>
    /// <param name="folder">The folder, absolute.</param>
    /// <param name="isAskedAnew">Whether it must be as it is now; otherwise it may be as it was when the host was connected to, which costs nothing.</param>
    /// <param name="cancellation">Gives up.</param>
    Task<DiskSpace?> GetDiskAsync(string folder, bool isAskedAnew, CancellationToken cancellation);
}

/// <summary>A disk of a host.</summary>
/// <param name="Mount">Where it is mounted.</param>
/// <param name="FreeBytes">Bytes that can be written to it.</param>
public sealed record DiskSpace(string Mount, long FreeBytes);

/// <summary>Connects to hosts.</summary>
public interface IHostConnector
{
    /// <summary>Connects to a host by its configured name and makes sure that its engine answers.</summary>
    Task<IHost> ConnectAsync(string host, CancellationToken cancellation);
}
