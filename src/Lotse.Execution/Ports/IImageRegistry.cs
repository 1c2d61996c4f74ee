namespace Lotse.Execution.Ports;

/// <summary>A registry that images travel through: the embedded one, or one that the configuration names.</summary>
public interface IImageRegistry
{
    /// <summary>The login that engines push and pull with; null when it asks for none.</summary>
    RegistryLogin? Login => null;

    /// <summary>Starts it, when it does not run yet, and returns its address, <c>host:port</c>.</summary>
    Task<string> StartAsync(CancellationToken cancellation);

    /// <summary>The address by which a host reaches it, once it is started.</summary>
    Task<string> ReachAsync(IHost host, CancellationToken cancellation);

    /// <summary>Removes what no kept version of a repository needs.</summary>
    Task PruneAsync(string repository, IReadOnlyCollection<string> keepTags, CancellationToken cancellation);
}
