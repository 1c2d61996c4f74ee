using Lotse.Execution.Leases;
using Lotse.Execution.Ports;
using Lotse.Execution.Reporting;
using Lotse.Planning;
using Lotse.Planning.Steps;

namespace Lotse.Execution.Deployments;

public sealed partial class Deployment
{
    /// <summary>Builds the image on this machine's engine; what it is built from is made present first.</summary>
    /// <exception cref="BuildFailedException">It could not be built.</exception>
    /// <exception cref="BaseImageException">An image that it is built from cannot be had.</exception>
    public Task<BuiltImage> BuildAsync(IProgress<BuildProgress> progress, CancellationToken cancellation) =>
        GuardAsync(async () =>
        {
            var builder = await services.Builder(cancellation);
            var build = BuildRequests.For(config, request.ProjectFolder, ImageName);
            await EnsureBaseImagesAsync(builder.FindBaseImages(build), cancellation);
            return await builder.BuildAsync(build, progress, cancellation);
        });

    /// <summary>Pushes the image to the registry that the hosts pull from, and meanwhile takes the leases.</summary>
    /// <exception cref="LeaseHeldException">Somebody else is at work on a host.</exception>
    public Task<PushedImage> PushAsync(
        BuiltImage image,
        IProgress<LayerProgress> progress,
        CancellationToken cancellation
    ) =>
        GuardAsync(async () =>
        {
            var acquiring = AcquireLeasesAsync(cancellation);
            try
            {
                return await BringToRegistryAsync(image, progress, cancellation);
            }
            finally
            {
                // Also after a failure: a lease that is still on its way could not be given back. Its own failure matters more.
                await acquiring;
            }
        });

    private async Task<PushedImage> BringToRegistryAsync(
        BuiltImage image,
        IProgress<LayerProgress> progress,
        CancellationToken cancellation
    )
    {
        var engine = await services.BuildEngine(cancellation);
        // The tunnels are opened while the image is pushed.
        var registry = ReleaseRegistry;
        var reaching = Task.WhenAll(hosts.Select(h => registry.ReachAsync(h, cancellation)));
        var name = $"{await registry.StartAsync(cancellation)}/{config.Image}:{request.Version}";
        var digest = await PushAsync(engine, image.Reference, name, registry.Login, progress, cancellation);
        if (registry.Login is not { IsDockerHub: true })
        {
            // The name was for the push only: the embedded registry's port may be another one next time.
            await engine.RemoveImageAsync(name, cancellation);
        }

        await reaching;
        var reference = $"{config.Image}@{digest}";
        var pulling = PlanFor(reference)[PlanPhase.Prepare].OfType<PullImage>().Select(p => HostOf(p.Host));
        await RequireRoomAsync(ImageName, registry, reference, pulling, cancellation);
        return new PushedImage(reference, ImageName);
    }

    /// <summary>Asks the hosts that will get the image which layers they have, while it is built.</summary>
    private void AskForLayers(CancellationToken cancellation)
    {
        if (ReleaseRegistry != services.Registry)
        {
            return;
        }

        foreach (var host in hosts.Where(h => !h.IsBuilder))
        {
            archives.BeginToAsk(host, fleet![host.Name].Images, cancellation);
        }
    }

    /// <summary>The registry that the release itself travels through; all else goes by the embedded one.</summary>
    private IImageRegistry ReleaseRegistry =>
        RegistryLogin.Of(config) is { } login ? new RemoteRegistry(login) : services.Registry;

    private async Task<string> PushAsync(
        IContainerEngine engine,
        string image,
        string name,
        RegistryLogin? login,
        IProgress<LayerProgress> progress,
        CancellationToken cancellation
    )
    {
        var digest = "";
        async Task Push() => digest = await engine.PushAsync(image, name, login, progress, cancellation);
        await (
            login is null
                ? Push()
                : new RegistryAccess(login, services.Time).ExplainAsync(
                    engine,
                    config.Image,
                    "write to",
                    Push,
                    cancellation
                )
        );
        return digest;
    }

    /// <summary>Makes present what the plan starts beside the release itself: accessories' images and the proxy's.</summary>
    private async Task EnsureImagesAsync(Plan plan, CancellationToken cancellation)
    {
        var prepare = plan[PlanPhase.Prepare];
        var wanted = prepare
            .OfType<EnsureAccessory>()
            .Where(a => !a.Exists)
            .Select(a => (a.Host, a.Spec.Image))
            .Concat(prepare.OfType<EnsureProxy>().Select(p => (p.Host, p.Spec.Image)))
            .Distinct();
        var present = await Task.WhenAll(
            wanted.Select(async w => (w, IsThere: await HostOf(w.Host).Engine.HasImageAsync(w.Image, cancellation)))
        );
        foreach (var image in present.Where(p => !p.IsThere).GroupBy(p => p.w.Image, p => HostOf(p.w.Host)))
        {
            await BringAsync(image.Key, [.. image], cancellation);
        }
    }

    /// <summary>Makes an image present on this machine's engine, and from there on the hosts that have another one.</summary>
    private async Task BringAsync(string image, IReadOnlyList<IHost> lacking, CancellationToken cancellation)
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

    /// <summary>Brings an image of the embedded registry to a host.</summary>
    private async Task SendAsync(IHost host, string pushed, string image, CancellationToken cancellation)
    {
        services.Observer.Report(new Remark(host.Name, $"bringing {image}"));
        if (await services.Registry.ReachAsync(host, cancellation) is not { } registry)
        {
            await archives.SendAsync(host, pushed, image, null, cancellation);
            return;
        }

        var reference = $"{registry}/{pushed}";
        await host.Engine.PullAsync(reference, image, null, null, cancellation);
        await host.Engine.RemoveImageAsync(reference, cancellation);
    }

    private IHost HostOf(string name) => hosts.First(h => h.Name == name);

    /// <summary>Repository and tag; the last colon belongs to a port when a slash follows it.</summary>
    private static (string Repository, string Tag) SplitName(string image)
    {
        var colon = image.LastIndexOf(':');
        return colon > image.LastIndexOf('/') ? (image[..colon], image[(colon + 1)..]) : (image, "latest");
    }

    private async Task EnsureBaseImagesAsync(IReadOnlyList<string> references, CancellationToken cancellation)
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
