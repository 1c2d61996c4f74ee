using System.Globalization;
using Lotse.Execution.Ports;

namespace Lotse.Nuke.Console;

/// <summary>Adds up the layers of one transfer.</summary>
internal sealed class LayerBoard
{
    private readonly Dictionary<string, LayerProgress> layers = [];
    private readonly Lock turn = new();

    /// <summary>Takes a layer's progress and gives the line to show.</summary>
    public string Take(LayerProgress layer)
    {
        lock (turn)
        {
            layers[layer.Layer] =
                layers.TryGetValue(layer.Layer, out var before) && layer.Total == 0
                    ? layer with
                    {
                        Current = before.Current,
                        Total = before.Total,
                    }
                    : layer;
            var moving = layers.Values.Where(l => l.Total > 0).ToList();
            return $"{layers.Count} layers, {Bytes(moving.Sum(l => l.Current))} of {Bytes(moving.Sum(l => l.Total))}";
        }
    }

    /// <summary>How many layers there were and how many of them had to travel.</summary>
    public string Summary()
    {
        lock (turn)
        {
            var moved = layers.Values.Where(l => l.Total > 0).ToList();
            return moved.Count == 0
                ? "no layer had to travel"
                : $"{moved.Count} layer(s) travelled, {Bytes(moved.Sum(l => l.Total))}";
        }
    }

    private static string Bytes(long bytes) =>
        bytes switch
        {
            >= 1024 * 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.0} MiB"),
            >= 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.0} KiB"),
            _ => $"{bytes} B",
        };
}
