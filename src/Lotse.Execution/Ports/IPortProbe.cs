namespace Lotse.Execution.Ports;

/// <summary>Tries TCP ports from this machine.</summary>
public interface IPortProbe
{
    /// <summary>Tries one.</summary>
    /// <param name="address">A name or address.</param>
    /// <param name="port">The port.</param>
    /// <param name="limit">After how long without an answer it counts as silent.</param>
    /// <param name="cancellation">Gives up.</param>
    Task<PortAnswer> ProbeAsync(string address, int port, TimeSpan limit, CancellationToken cancellation);
}

/// <summary>How a port answers.</summary>
public enum PortAnswer
{
    /// <summary>A program took the connection.</summary>
    Open,

    /// <summary>The server says that no program listens: packets reach it.</summary>
    Refused,

    /// <summary>Nothing came back: packets are dropped on the way or by the server.</summary>
    Silent,
}
