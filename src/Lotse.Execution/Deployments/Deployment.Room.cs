using System.Collections.Immutable;
using Lotse.Execution.Ports;

namespace Lotse.Execution.Deployments;

public sealed partial class Deployment
{
    /// <summary>
    /// Refuses an image that has no room somewhere, before anything of it is sent. Hosts that have room for all its layers are asked nothing; the others which
    /// layers they have, and what is free now.
    /// </summary>
    /// <param name="image">Its name, for the report.</param>
    /// <param name="registry">The registry that it was pushed to.</param>
    /// <param name="reference">Its reference there, without the registry's address.</param>
    /// <param name="receiving">The hosts that are to get it.</param>
    /// <param name="cancellation">Gives up.</param>
    private async Task RequireRoomAsync(
        string image,
        IImageRegistry registry,
        string reference,
        IEnumerable<IHost> receiving,
        CancellationToken cancellation
    )
    {
        var layers = await registry.ListLayersAsync(reference, cancellation);
        var judged = await Task.WhenAll(receiving.Select(h => JudgeRoomAsync(h, layers, cancellation)));
        if (judged.OfType<string>().ToList() is { Count: > 0 } problems)
        {
            throw new UserException(
                $"{image} has no room on {problems.Count} host(s); nothing of it was sent, and what served serves on:\n{string.Join('\n', problems.Select(p => $"  - {p}"))}",
                "Run the same command again then; the image is there already."
            );
        }
    }

    private async Task<string?> JudgeRoomAsync(
        IHost host,
        ImmutableArray<PackedLayer> layers,
        CancellationToken cancellation
    )
    {
        var folder = fleet![host.Name].EngineFolder;
        var seen = await host.GetDiskAsync(folder, isAskedAnew: false, cancellation);
        if (seen is null || RoomRule.Judge(seen, layers, present: 0) is null)
        {
            return null;
        }

        var asking = host.GetDiskAsync(folder, isAskedAnew: true, cancellation);
        var there = await host.Engine.ListLayersAsync(null, cancellation);
        var present = ArchiveDelivery.CountPresent([.. layers.Select(l => l.Digest)], there);
        return RoomRule.Judge(await asking ?? seen, layers, present) is { } problem ? $"[{host.Name}] {problem}" : null;
    }
}
