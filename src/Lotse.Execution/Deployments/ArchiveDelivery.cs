using System.Collections.Concurrent;
using System.Collections.Immutable;
using Lotse.Execution.Ports;
using Lotse.Execution.Reporting;

namespace Lotse.Execution.Deployments;

/// <summary>
/// Sends images as archives into engines, without the layers that they have: to hosts that forbid the tunnel through which others pull them, and, of a release
/// that changes little, to all. An archive is one request, where a pull asks for manifest, configuration and each layer in turn.
/// </summary>
/// <param name="registry">The embedded registry, which has the images.</param>
/// <param name="observer">Hears, once for each host that forbids the tunnel, that it goes this way.</param>
/// <param name="mostOfChange">The most that is sent where a tunnel would do: see <see cref="DeploymentServices.MostOfChange"/>.</param>
public sealed class ArchiveDelivery(IImageRegistry registry, IRolloutObserver observer, long mostOfChange)
{
    /// <summary>What is sent as an archive, and not pulled, unless somebody wants it otherwise.</summary>
    internal const long MostOfChange = 64 << 20;

    private readonly ConcurrentDictionary<string, bool> told = new();
    private readonly ConcurrentDictionary<string, Task<ImmutableArray<ImmutableArray<string>>>> known = new();

    /// <summary>Begins to ask which layers some images on a host have. Nobody waits for it before the image is built.</summary>
    /// <param name="host">The host.</param>
    /// <param name="images">The images that a release is likely to share layers with: those of earlier ones.</param>
    /// <param name="cancellation">Gives up.</param>
    public void BeginToAsk(IHost host, IReadOnlyCollection<string> images, CancellationToken cancellation)
    {
        if (images.Count > 0)
        {
            var asking = host.Engine.ListLayersAsync(images, cancellation);
            // A run that ends before it needs the answer does not look at it.
            _ = asking.ContinueWith(t => t.Exception, TaskScheduler.Default);
            known[host.Name] = asking;
        }
    }

    /// <summary>Whether a host was asked which layers it has: a part of the image may do there.</summary>
    internal bool IsAsking(IHost host) => known.ContainsKey(host.Name);

    /// <summary>Sends an image of which the host has most; false when it must go another way.</summary>
    /// <param name="host">Where to.</param>
    /// <param name="reference">Which one: <c>repository@sha256:…</c>.</param>
    /// <param name="name">Its name on the host.</param>
    /// <param name="progress">Hears of each layer; null for nobody.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<bool> TrySendChangeAsync(
        IHost host,
        string reference,
        string name,
        IProgress<LayerProgress>? progress,
        CancellationToken cancellation
    )
    {
        // Once: when the connection breaks and this is tried again, the way that can go on where it was is the better one.
        if (!known.TryRemove(host.Name, out var asking) || await AnswerAsync(asking) is not { } there)
        {
            return false;
        }

        var layers = await registry.ListLayersAsync(reference, cancellation);
        var present = CountPresent([.. layers.Select(l => l.Digest)], there);
        if (present == 0 || layers.Skip(present).Sum(l => l.Bytes) > mostOfChange)
        {
            return false;
        }

        var archive = await registry.OpenArchiveAsync(reference, name, cancellation);
        try
        {
            await LoadAsync(host, archive, name, present, progress, cancellation);
            return true;
        }
        catch (HostException failure) when (failure.Failure == HostFailure.Engine)
        {
            observer.Report(
                new Remark(host.Name, $"the engine did not take {name} without the layers that it has: it is pulled")
            );
            return false;
        }
    }

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
        var present = CountPresent(archive.Layers, await host.Engine.ListLayersAsync(null, cancellation));
        try
        {
            await LoadAsync(host, archive, name, present, progress, cancellation);
        }
        catch (HostException failure) when (present > 0 && failure.Failure == HostFailure.Engine)
        {
            // The image that the layers belong to may be gone since, or the engine want more of them than it unpacked.
            observer.Report(
                new Remark(host.Name, $"the engine did not take {name} without the layers that it has: all are sent")
            );
            await LoadAsync(host, archive, name, 0, progress, cancellation);
        }
    }

    /// <summary>How many of an image's lowest layers some image on a host begins with: engines know a layer by all that lies below it.</summary>
    internal static int CountPresent(ImmutableArray<string> layers, ImmutableArray<ImmutableArray<string>> there) =>
        there.Select(other => layers.Zip(other).TakeWhile(pair => pair.First == pair.Second).Count()).Append(0).Max();

    private static Task LoadAsync(
        IHost host,
        IImageArchive archive,
        string name,
        int present,
        IProgress<LayerProgress>? progress,
        CancellationToken cancellation
    ) =>
        host.Engine.LoadAsync(
            name,
            (target, token) => archive.WriteAsync(target, present, progress, token),
            cancellation
        );

    /// <summary>What was answered; null when the host failed meanwhile: what is asked of it next tells how.</summary>
    private static async Task<ImmutableArray<ImmutableArray<string>>?> AnswerAsync(
        Task<ImmutableArray<ImmutableArray<string>>> asking
    )
    {
        try
        {
            return await asking;
        }
        catch (HostException)
        {
            return null;
        }
    }

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
