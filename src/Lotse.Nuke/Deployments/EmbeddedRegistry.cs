using System.Collections.Immutable;
using System.Globalization;
using Lotse.Execution.Ports;
using Lotse.Registry;

namespace Lotse.Nuke.Deployments;

/// <summary>The embedded registry behind the port: started when it is first needed, on the same port as last time when that is free.</summary>
internal sealed class EmbeddedRegistry(string folder, TimeProvider time) : IImageRegistry, IAsyncDisposable
{
    private readonly string portFile = Path.Combine(folder, "port");
    private readonly SemaphoreSlim starting = new(1);
    private RegistryServer? server;

    public async Task<string> StartAsync(CancellationToken cancellation) =>
        (await GetAsync(cancellation)).Endpoint.ToString();

    /// <summary>Whoever is on a server reaches what the server does: that is what it is to pull, and no more.</summary>
    public async Task<string?> ReachAsync(IHost host, CancellationToken cancellation)
    {
        var running = await GetAsync(cancellation);
        var endpoint = host.IsBuilder ? running.Endpoint : await running.ServePushedAsync(cancellation);
        return await host.ReachRegistryAsync(endpoint.ToString(), cancellation);
    }

    public Task LeaveAsync(IHost host, CancellationToken cancellation) => host.LeaveRegistryAsync(cancellation);

    public async Task<IImageArchive> OpenArchiveAsync(string reference, string name, CancellationToken cancellation)
    {
        var store = (await GetAsync(cancellation)).Store;
        var image = Parse(reference);
        var layers = await store.ReadUnpackedLayersAsync(image, cancellation);
        return new StoredArchive(store, image, name, layers);
    }

    public async Task<ImmutableArray<PackedLayer>> ListLayersAsync(string reference, CancellationToken cancellation)
    {
        var store = (await GetAsync(cancellation)).Store;
        var image = Parse(reference);
        var digests = await store.ReadUnpackedLayersAsync(image, cancellation);
        var sizes = await store.ReadLayerSizesAsync(image, cancellation);
        return [.. digests.Zip(sizes, (digest, size) => new PackedLayer(digest, size))];
    }

    public async Task PruneAsync(
        string repository,
        IReadOnlyCollection<string> keepTags,
        CancellationToken cancellation
    )
    {
        if (server is not null)
        {
            var others = server
                .Store.Repositories.Where(r => r != repository)
                .SelectMany(r => server.Store.Tags(r).Select(t => new ManifestReference(r, t)));
            var keep = keepTags.Select(t => new ManifestReference(repository, t)).Concat(others).ToHashSet();
            await server.Store.PruneAsync(keep, cancellation: cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
        {
            await server.DisposeAsync();
        }

        starting.Dispose();
    }

    /// <summary>All hosts ask at once: one of them starts it.</summary>
    private async Task<RegistryServer> GetAsync(CancellationToken cancellation)
    {
        await starting.WaitAsync(cancellation);
        try
        {
            return server ??= await BeginAsync(cancellation);
        }
        finally
        {
            starting.Release();
        }
    }

    private async Task<RegistryServer> BeginAsync(CancellationToken cancellation)
    {
        var options = new RegistryOptions
        {
            Directory = folder,
            PreferredPort = RememberedPort(),
            TimeProvider = time,
        };
        var begun = await RegistryServer.StartAsync(options, cancellation);
        var port = begun.Endpoint.Port.ToString(CultureInfo.InvariantCulture);
        await File.WriteAllTextAsync(portFile, port, CancellationToken.None);
        return begun;
    }

    private static ManifestReference Parse(string reference)
    {
        var at = reference.IndexOf('@');
        return new ManifestReference(reference[..at], reference[(at + 1)..]);
    }

    private int? RememberedPort() =>
        File.Exists(portFile) && int.TryParse(File.ReadAllText(portFile), CultureInfo.InvariantCulture, out var port)
            ? port
            : null;
}
