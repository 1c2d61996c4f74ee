namespace Lotse.Testing.Servers;

/// <summary>What servers to start.</summary>
public sealed record ServerOptions
{
    /// <summary>By default with an engine.</summary>
    public ServerKind Kind { get; init; }

    /// <summary>
    /// Bytes that /var/lib/docker can hold; by default as much as this machine has. A limited one lies in memory and is
    /// empty again after <see cref="NestedServer.RestartAsync"/>.
    /// </summary>
    public long? DiskBytes { get; init; }
}
