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

    /// <summary>Whether no program listens on a TCP port.</summary>
    Task<bool> IsPortFreeAsync(int port, CancellationToken cancellation);

    /// <summary>Free bytes where a folder lies; null when that cannot be told.</summary>
    Task<long?> GetFreeBytesAsync(string folder, CancellationToken cancellation);
}

/// <summary>Connects to hosts.</summary>
public interface IHostConnector
{
    /// <summary>Connects to a host by its configured name and makes sure that its engine answers.</summary>
    Task<IHost> ConnectAsync(string host, CancellationToken cancellation);
}
