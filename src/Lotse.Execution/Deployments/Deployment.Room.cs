using System.Collections.Immutable;
using Lotse.Execution.Ports;
using Lotse.Planning;
using Lotse.Planning.Steps;

namespace Lotse.Execution.Deployments;

public sealed partial class Deployment
{
    /// <summary>
    /// Refuses an image that has no room somewhere, before anything of it is sent. Hosts that have room for all its layers are asked nothing; the others which
    /// layers they have, and what is free now.
    /// </summary>
    private async Task RequireRoomAsync(string reference, CancellationToken cancellation)
    {
        var layers = await ReleaseRegistry.ListLayersAsync(reference, cancellation);
        var pulling = PlanFor(reference)[PlanPhase.Prepare].OfType<PullImage>().Select(p => HostOf(p.Host));
        var judged = await Task.WhenAll(pulling.Select(h => JudgeRoomAsync(h, layers, cancellation)));
        if (judged.OfType<string>().ToList() is { Count: > 0 } problems)
        {
            throw new UserException(
                $"The image has no room on {problems.Count} host(s); nothing was sent, and what served serves on:\n{string.Join('\n', problems.Select(p => $"  - {p}"))}",
                "Run the same command again then; the image is built already."
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
        var there = await host.Engine.ListLayersAsync(cancellation);
        var present = ArchiveDelivery.CountPresent([.. layers.Select(l => l.Digest)], there);
        return RoomRule.Judge(await asking ?? seen, layers, present) is { } problem ? $"[{host.Name}] {problem}" : null;
    }
}
