namespace Lotse.Execution.Ports;

/// <summary>The registry that images travel through: the embedded one, unless the configuration names another.</summary>
public interface IImageRegistry
{
    /// <summary>Starts it, when it does not run yet, and returns its address, <c>host:port</c>.</summary>
    Task<string> StartAsync(CancellationToken cancellation);

    /// <summary>The address by which a host reaches it, once it is started.</summary>
    Task<string> ReachAsync(IHost host, CancellationToken cancellation);

    /// <summary>Removes what no kept version of a repository needs.</summary>
    Task PruneAsync(string repository, IReadOnlyCollection<string> keepTags, CancellationToken cancellation);
}
