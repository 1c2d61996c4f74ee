using Lotse.Execution.Ports;

namespace Lotse.EndToEnd.Host;

/// <summary>A host of which the small files are watched.</summary>
internal sealed class WatchedHost(IHost inner, Moments moments) : IHost
{
    public string Name => inner.Name;

    public IContainerEngine Engine => inner.Engine;

    public IEdgeProxy Proxy => inner.Proxy;

    public IHostStore Store { get; } = new WatchedStore(inner.Name, inner.Store, moments);

    public string Address => inner.Address;

    public TimeSpan? ClockAhead => inner.ClockAhead;

    public bool HasLostRegistry => inner.HasLostRegistry;

    public string DataFolder => inner.DataFolder;

    public bool IsBuilder => inner.IsBuilder;

    public Task<string?> ReachRegistryAsync(string registry, CancellationToken cancellation) =>
        inner.ReachRegistryAsync(registry, cancellation);

    public Task LeaveRegistryAsync(CancellationToken cancellation) => inner.LeaveRegistryAsync(cancellation);

    public Task<bool> HasDataAsync(string folder, CancellationToken cancellation) =>
        inner.HasDataAsync(folder, cancellation);

    public Task<bool> IsPortFreeAsync(int port, CancellationToken cancellation) =>
        inner.IsPortFreeAsync(port, cancellation);

    public Task<DiskSpace?> GetDiskAsync(string folder, bool isAskedAnew, CancellationToken cancellation) =>
        inner.GetDiskAsync(folder, isAskedAnew, cancellation);
}
