using Docker.DotNet.Models;
using Lotse.Execution.Ports;

namespace Lotse.Hosts.Docker;

/// <summary>
/// Reads the engine's message stream of a pull, push or load. The engine answers 200 before it begins, so an error comes as a message
/// and not as a status.
/// </summary>
/// <param name="progress">Hears of each layer; null for nobody.</param>
/// <param name="heard">Is told of each message.</param>
internal sealed class TransferProgress(IProgress<LayerProgress>? progress, Action heard) : IProgress<JSONMessage>
{
    // The words of every engine since there is a stream, `docker load` passes them on.
    private const string LoadedPrefix = "Loaded image: ";

    private readonly List<string> loaded = [];
    private string? error;

    /// <summary>The manifest's digest, once the engine has reported it.</summary>
    public string? Digest { get; private set; }

    public void Report(JSONMessage value)
    {
        heard();
        error ??= value.Error?.Message ?? value.ErrorMessage;
        if (value.Aux?.ExtensionData is { } aux && aux.TryGetValue("Digest", out var digest))
        {
            Digest = digest as string ?? digest?.ToString();
        }

        if (value.Stream?.Split(LoadedPrefix, 2) is ["", var name])
        {
            loaded.Add(name.Trim());
        }

        if (!string.IsNullOrEmpty(value.ID) && !string.IsNullOrEmpty(value.Status))
        {
            var layer = new LayerProgress(
                value.ID,
                value.Status,
                value.Progress?.Current ?? 0,
                value.Progress?.Total ?? 0
            );
            progress?.Report(layer);
        }
    }

    /// <summary>Whether the engine has said that it took an image of this name in.</summary>
    public bool HasLoaded(string name) => loaded.Contains(name);

    public void ThrowOnError()
    {
        if (error is not null)
        {
            throw new TransferException(error);
        }
    }
}

/// <summary>A pull or push that the engine reported as failed.</summary>
internal sealed class TransferException(string message) : Exception(message);
