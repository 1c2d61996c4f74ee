using Lotse.Execution.Leases;
using Lotse.Execution.Ports;
using Lotse.Execution.Rollouts;
using Lotse.Planning;
using Lotse.Planning.Steps;

namespace Lotse.Execution.Deployments;

public sealed partial class Deployment
{
    /// <summary>Builds the image on this machine's engine; what it is built from is made present first.</summary>
    /// <exception cref="BuildFailedException">It could not be built.</exception>
    /// <exception cref="BaseImageException">An image that it is built from cannot be had.</exception>
    /// <exception cref="UserException">It would be for another processor than some host has.</exception>
    public Task<BuiltImage> BuildAsync(IProgress<BuildProgress> progress, CancellationToken cancellation) =>
        GuardAsync(async () =>
        {
            await RequireArchitectureAsync(cancellation);
            var builder = await services.Builder(cancellation);
            var build = BuildRequests.For(config, request.ProjectFolder, ImageName);
            await Supply.EnsureBaseImagesAsync(builder.FindBaseImages(build), cancellation);
            return await builder.BuildAsync(build, progress, cancellation);
        });

    /// <summary>An image for another processor would be found out when its container does not start.</summary>
    private async Task RequireArchitectureAsync(CancellationToken cancellation)
    {
        var builder = await (await services.BuildEngine(cancellation)).GetInfoAsync(cancellation);
        var making = PlanFor(null)[PlanPhase.Stage].OfType<CreateContainer>().Select(c => fleet![c.Host]).Distinct();
        var problems = ArchitectureRule.Judge(builder.Architecture, config.Builder.Arch, making);
        if (problems.Count > 0)
        {
            throw new UserException(
                $"The image would not run; nothing was built or changed:\n{string.Join('\n', problems.Select(p => $"  - {p}"))}",
                "Mend that and run the same command again."
            )
            {
                IsMisuse = false,
            };
        }
    }

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
        // The tunnels are opened while the image is pushed, where all of it is to be pulled; where a part may do, that part is likely to need none.
        var registry = ReleaseRegistry;
        var pulled = hosts.Where(h => !archives.IsAsking(h));
        Task Reach(IHost host) =>
            Persistence.TryTwiceAsync(
                host.Name,
                "open the way for the image",
                () => registry.ReachAsync(host, cancellation),
                services.Observer,
                cancellation
            );
        var reaching = Task.WhenAll(pulled.Select(Reach));
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
        await Supply.RequireRoomAsync(ImageName, registry, reference, pulling, cancellation);
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

    private ImageSupply Supply => new(services, archives, fleet!);

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
            .Where(a => a.Work == AccessoryWork.Create)
            .Select(a => (a.Host, a.Spec.Image))
            .Concat(prepare.OfType<EnsureProxy>().Select(p => (p.Host, p.Spec.Image)))
            .Distinct();
        var present = await Task.WhenAll(
            wanted.Select(async w => (w, IsThere: await HostOf(w.Host).Engine.HasImageAsync(w.Image, cancellation)))
        );
        foreach (var image in present.Where(p => !p.IsThere).GroupBy(p => p.w.Image, p => HostOf(p.w.Host)))
        {
            await Supply.BringAsync(image.Key, [.. image], cancellation);
        }
    }

    private IHost HostOf(string name) => hosts.First(h => h.Name == name);
}
