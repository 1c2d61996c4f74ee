using System.Collections.Immutable;
using Lotse.Execution.Ports;
using Lotse.Execution.Reporting;
using Lotse.Execution.Rollouts;
using Lotse.Planning.Observed;

namespace Lotse.Execution.Deployments;

/// <summary>Brings images to the hosts that are not the release itself: the proxy's, and accessories'. Refuses those that have no room.</summary>
internal sealed class ImageSupply(DeploymentServices services, ArchiveDelivery archives, ObservedFleet fleet)
{
    /// <summary>Makes images present on this machine's engine, and says which ones are stand-ins.</summary>
    public async Task EnsureBaseImagesAsync(IReadOnlyList<string> references, CancellationToken cancellation)
    {
        if (references.Count == 0)
        {
            return;
        }

        var images = await services.BaseImages(cancellation);
        var progress = new BaseImageRemarks(services.Observer);
        foreach (var image in await images.EnsureAsync(references, progress, cancellation))
        {
            if (image.Origin == BaseImageOrigin.StandIn)
            {
                services.Observer.Report(new Warning("local", image.Message));
            }
        }
    }

    /// <summary>Makes an image present on this machine's engine, and from there on the hosts that have another one.</summary>
    public async Task BringAsync(string image, IReadOnlyList<IHost> lacking, CancellationToken cancellation)
    {
        var builder = await services.BuildEngine(cancellation);
        if (image == services.ProxyImages.ImageName)
        {
            await services.ProxyImages.EnsureAsync(builder, new Remarks(services.Observer, "local"), cancellation);
        }
        else
        {
            await EnsureBaseImagesAsync([image], cancellation);
        }

        var remote = lacking.Where(h => !h.IsBuilder).ToList();
        if (remote.Count == 0)
        {
            return;
        }

        var (repository, tag) = SplitName(image);
        var name = $"{await services.Registry.StartAsync(cancellation)}/{repository}:{tag}";
        var digest = await builder.PushAsync(image, name, null, null, cancellation);
        await builder.RemoveImageAsync(name, cancellation);
        var pushed = $"{repository}@{digest}";
        await RequireRoomAsync(image, services.Registry, pushed, remote, cancellation);
        await Task.WhenAll(
            remote.Select(host =>
                FullDisk.ExplainAsync(host, () => SendAsync(host, pushed, image, cancellation), cancellation)
            )
        );
    }

    /// <summary>Brings an image of the embedded registry to a host; of an attempt that was cut off the engine keeps the layers that it has.</summary>
    private Task SendAsync(IHost host, string pushed, string image, CancellationToken cancellation)
    {
        services.Observer.Report(new Remark(host.Name, $"bringing {image}"));
        return Persistence.TryTwiceAsync(
            host.Name,
            $"bring {image}",
            () => TrySendAsync(host, pushed, image, cancellation),
            services.Observer,
            cancellation
        );
    }

    private async Task TrySendAsync(IHost host, string pushed, string image, CancellationToken cancellation)
    {
        if (await services.Registry.ReachAsync(host, cancellation) is not { } registry)
        {
            await archives.SendAsync(host, pushed, image, null, cancellation);
            return;
        }

        var reference = $"{registry}/{pushed}";
        await RegistryPull.RunAsync(
            host,
            $"pull {image}",
            token => host.Engine.PullAsync(reference, image, null, null, token),
            services.Time,
            cancellation
        );
        await ForgetAsync(host, reference, cancellation);
    }

    /// <summary>The name that it was pulled by: a second attempt would not know it.</summary>
    private async Task ForgetAsync(IHost host, string reference, CancellationToken cancellation)
    {
        try
        {
            await host.Engine.RemoveImageAsync(reference, cancellation);
        }
        catch (HostException failure) when (!cancellation.IsCancellationRequested)
        {
            services.Observer.Report(new Warning(host.Name, failure.Message));
        }
    }

    /// <summary>
    /// Refuses an image that has no room somewhere, before anything of it is sent. Hosts that have room for all its layers are asked nothing; the others which
    /// layers they have, and what is free now.
    /// </summary>
    /// <param name="image">Its name, for the report.</param>
    /// <param name="registry">The registry that it was pushed to.</param>
    /// <param name="reference">Its reference there, without the registry's address.</param>
    /// <param name="receiving">The hosts that are to get it.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task RequireRoomAsync(
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
        var folder = fleet[host.Name].EngineFolder;
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

    /// <summary>Repository and tag; the last colon belongs to a port when a slash follows it.</summary>
    private static (string Repository, string Tag) SplitName(string image)
    {
        var colon = image.LastIndexOf(':');
        return colon > image.LastIndexOf('/') ? (image[..colon], image[(colon + 1)..]) : (image, "latest");
    }

    private sealed class Remarks(IRolloutObserver observer, string host) : IProgress<string>
    {
        public void Report(string value) => observer.Report(new Remark(host, value));
    }

    private sealed class BaseImageRemarks(IRolloutObserver observer) : IProgress<BaseImageProgress>
    {
        private readonly HashSet<string> said = [];

        public void Report(BaseImageProgress value)
        {
            lock (said)
            {
                if (value.TotalBytes == 0 && said.Add(value.Message))
                {
                    observer.Report(new Remark("local", value.Message));
                }
            }
        }
    }
}
