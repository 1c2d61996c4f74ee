using Lotse.Execution.Ports;

namespace Lotse.Execution.Tests;

/// <summary>A host of which only the store is asked.</summary>
internal sealed class StoreOnlyHost(IHostStore store) : IHost
{
    public string Name => "web1";

    public IContainerEngine Engine => throw new InvalidOperationException("The engine was not to be asked.");

    public IEdgeProxy Proxy => throw new InvalidOperationException("The proxy was not to be asked.");

    public IHostStore Store => store;

    public string Address => "web1";

    public TimeSpan? ClockAhead { get; set; }

    public string DataFolder => "/data";

    public bool IsBuilder => true;

    public Task<string?> ReachRegistryAsync(string registry, CancellationToken cancellation) =>
        Task.FromResult<string?>(registry);

    public Task<bool> IsPortFreeAsync(int port, CancellationToken cancellation) => Task.FromResult(true);

    public Task<bool> HasDataAsync(string folder, CancellationToken cancellation) => Task.FromResult(false);

    public Task<DiskSpace?> GetDiskAsync(string folder, bool isAskedAnew, CancellationToken cancellation) =>
        Task.FromResult<DiskSpace?>(null);
}
