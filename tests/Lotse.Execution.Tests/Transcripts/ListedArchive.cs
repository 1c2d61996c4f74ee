using System.Collections.Immutable;
using System.Text;
using Lotse.Execution.Ports;

namespace Lotse.Execution.Tests.Transcripts;

/// <summary>An archive that says what is in it.</summary>
internal sealed class ListedArchive(string reference, ImmutableArray<string> layers) : IImageArchive
{
    public ImmutableArray<string> Layers => layers;

    public async Task WriteAsync(
        Stream target,
        int presentLayers,
        IProgress<LayerProgress>? progress,
        CancellationToken cancellation
    )
    {
        var text = $"{reference} with {string.Join(' ', layers.Skip(presentLayers))}";
        await target.WriteAsync(Encoding.UTF8.GetBytes(text), cancellation);
    }
}
