using System.Collections.Immutable;
using Lotse.Execution.Ports;
using Lotse.Registry;

namespace Lotse.Nuke.Deployments;

/// <summary>An image of the embedded registry's store, as an archive.</summary>
internal sealed class StoredArchive(
    RegistryStore store,
    ManifestReference image,
    string name,
    IReadOnlyList<string> layers
) : IImageArchive
{
    // As the engine shortens them when it pulls.
    private const int ShownDigits = 12;

    public ImmutableArray<string> Layers { get; } = [.. layers];

    public Task WriteAsync(
        Stream target,
        int presentLayers,
        IProgress<LayerProgress>? progress,
        CancellationToken cancellation
    ) =>
        store.ExportAsync(
            image,
            [name],
            presentLayers,
            target,
            progress is null ? null : new Shown(progress),
            cancellation
        );

    private sealed class Shown(IProgress<LayerProgress> progress) : IProgress<LayerSent>
    {
        public void Report(LayerSent value) =>
            progress.Report(new LayerProgress(value.Layer.Hex[..ShownDigits], "Sending", value.Bytes, value.Total));
    }
}
