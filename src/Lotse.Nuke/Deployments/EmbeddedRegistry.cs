using System.Collections.Immutable;
using System.Globalization;
using Lotse.Execution.Ports;
using Lotse.Registry;

namespace Lotse.Nuke.Deployments;

/// <summary>The embedded registry behind the port: started when it is first needed, on the same port as last time when that is free.</summary>
internal sealed class EmbeddedRegistry(string folder, TimeProvider time) : IImageRegistry, IAsyncDisposable
{
    private readonly string portFile = Path.Combine(folder, "port");
    private RegistryServer? server;

    public async Task<string> StartAsync(CancellationToken cancellation)
    {
        if (server is null)
        {
            var options = new RegistryOptions
            {
                Directory = folder,
                PreferredPort = RememberedPort(),
                TimeProvider = time,
            };
            server = await RegistryServer.StartAsync(options, cancellation);
            await File.WriteAllTextAsync(
                portFile,
                server.Endpoint.Port.ToString(CultureInfo.InvariantCulture),
                cancellation
            );
        }

        return server.Endpoint.ToString();
    }

    public async Task<string?> ReachAsync(IHost host, CancellationToken cancellation) =>
        await host.ReachRegistryAsync(await StartAsync(cancellation), cancellation);

    public async Task<IImageArchive> OpenArchiveAsync(string reference, string name, CancellationToken cancellation)
    {
        await StartAsync(cancellation);
        var image = Parse(reference);
        var layers = await server!.Store.ReadUnpackedLayersAsync(image, cancellation);
        return new StoredArchive(server.Store, image, name, layers);
    }

    public async Task<ImmutableArray<PackedLayer>> ListLayersAsync(string reference, CancellationToken cancellation)
    {
        await StartAsync(cancellation);
        var image = Parse(reference);
        var digests = await server!.Store.ReadUnpackedLayersAsync(image, cancellation);
        var sizes = await server.Store.ReadLayerSizesAsync(image, cancellation);
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
