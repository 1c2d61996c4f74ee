using System.Net.NetworkInformation;
using Lotse.Execution.Ports;

namespace Lotse.Hosts.Local;

/// <summary>This machine as a host: its engine without SSH, its files as they are.</summary>
public sealed class LocalHost(
    string name,
    IContainerEngine engine,
    IEdgeProxy proxy,
    IHostStore store,
    string dataFolder
) : IHost
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public IContainerEngine Engine => engine;

    /// <inheritdoc/>
    public IEdgeProxy Proxy => proxy;

    /// <inheritdoc/>
    public IHostStore Store => store;

    /// <inheritdoc/>
    public string Address => "localhost";

    /// <inheritdoc/>
    public string DataFolder => dataFolder;

    /// <inheritdoc/>
    public bool IsBuilder => true;

    /// <inheritdoc/>
    public Task<string?> ReachRegistryAsync(string registry, CancellationToken cancellation) =>
        Task.FromResult<string?>(registry);

    /// <inheritdoc/>
    public Task<bool> IsPortFreeAsync(int port, CancellationToken cancellation) =>
        Task.FromResult(
            Array.TrueForAll(IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners(), l => l.Port != port)
        );

    /// <inheritdoc/>
    public Task<bool> HasDataAsync(string folder, CancellationToken cancellation)
    {
        try
        {
            return Task.FromResult(Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any());
        }
        catch (UnauthorizedAccessException)
        {
            return Task.FromResult(true);
        }
    }

    /// <inheritdoc/>
    public Task<DiskSpace?> GetDiskAsync(string folder, bool isAskedAnew, CancellationToken cancellation)
    {
        // With an engine in a virtual machine (macOS, Windows) its folder does not exist on this side.
        var drive = Directory.Exists(folder) ? new DriveInfo(folder) : null;
        return Task.FromResult(drive is null ? null : new DiskSpace(drive.Name, drive.AvailableFreeSpace));
    }
}
