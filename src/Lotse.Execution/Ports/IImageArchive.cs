using System.Collections.Immutable;

namespace Lotse.Execution.Ports;

/// <summary>An image that can be sent as an archive, with or without the layers that the receiver has.</summary>
public interface IImageArchive
{
    /// <summary>The digests of its unpacked layers, lowest first; empty when they are not known.</summary>
    ImmutableArray<string> Layers { get; }

    /// <summary>Writes it.</summary>
    /// <param name="target">Gets the archive; is left open.</param>
    /// <param name="presentLayers">How many of the lowest layers to leave out.</param>
    /// <param name="progress">Hears of each layer; null for nobody.</param>
    /// <param name="cancellation">Stops in the middle.</param>
    Task WriteAsync(
        Stream target,
        int presentLayers,
        IProgress<LayerProgress>? progress,
        CancellationToken cancellation
    );
}
