using System.Collections.Concurrent;
using System.Collections.Immutable;
using Lotse.Execution.Ports;
using Lotse.Execution.Reporting;

namespace Lotse.Execution.Deployments;

/// <summary>
/// Sends images to hosts that forbid the tunnel through which others pull them: as archives into the engine, without the layers that it has.
/// </summary>
/// <param name="registry">The embedded registry, which has the images.</param>
/// <param name="observer">Hears, once for each host, that it goes this way.</param>
public sealed class ArchiveDelivery(IImageRegistry registry, IRolloutObserver observer)
{
    private readonly ConcurrentDictionary<string, bool> told = new();

    /// <summary>Sends an image, unless the engine has it already, and gives it its name there.</summary>
    /// <param name="host">Where to.</param>
    /// <param name="reference">Which one: <c>repository@sha256:…</c>.</param>
    /// <param name="name">Its name on the host.</param>
    /// <param name="progress">Hears of each layer; null for nobody.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task SendAsync(
        IHost host,
        string reference,
        string name,
        IProgress<LayerProgress>? progress,
        CancellationToken cancellation
    )
    {
        Tell(host);
        var archive = await registry.OpenArchiveAsync(reference, name, cancellation);
        var present = CountPresent(archive.Layers, await host.Engine.ListLayersAsync(cancellation));
        Task Load(int layers) =>
            host.Engine.LoadAsync(
                name,
                (target, token) => archive.WriteAsync(target, layers, progress, token),
                cancellation
            );
        try
        {
            await Load(present);
        }
        catch (HostException failure) when (present > 0 && failure.Failure == HostFailure.Engine)
        {
            // The image that the layers belong to may be gone since, or the engine want more of them than it unpacked.
            observer.Report(
                new Remark(host.Name, $"the engine did not take {name} without the layers that it has: all are sent")
            );
            await Load(0);
        }
    }

    /// <summary>How many of an image's lowest layers some image on a host begins with: engines know a layer by all that lies below it.</summary>
    internal static int CountPresent(ImmutableArray<string> layers, ImmutableArray<ImmutableArray<string>> there) =>
        there.Select(other => layers.Zip(other).TakeWhile(pair => pair.First == pair.Second).Count()).Append(0).Max();

    private void Tell(IHost host)
    {
        if (told.TryAdd(host.Name, true))
        {
            observer.Report(
                new Remark(
                    host.Name,
                    "sshd forbids forwarding: images are sent as archives (with `AllowTcpForwarding remote` in its sshd_config the engine pulls them)"
                )
            );
        }
    }
}
