using Lotse.Execution.Ports;

namespace Lotse.Execution.Deployments;

/// <summary>
/// The registry that the configuration names: every engine reaches it by itself, and nothing on it is ever removed.
/// </summary>
internal sealed class RemoteRegistry(RegistryLogin login) : IImageRegistry
{
    public RegistryLogin Login => login;

    public Task<string> StartAsync(CancellationToken cancellation) => Task.FromResult(login.Address);

    public Task<string?> ReachAsync(IHost host, CancellationToken cancellation) =>
        Task.FromResult<string?>(login.Address);

    public Task PruneAsync(string repository, IReadOnlyCollection<string> keepTags, CancellationToken cancellation) =>
        Task.CompletedTask;
}
