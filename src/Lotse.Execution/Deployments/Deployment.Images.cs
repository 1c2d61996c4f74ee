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

    /// <summary>Pushes the image to the registry that the hosts pull from.</summary>
    public Task<PushedImage> PushAsync(
        BuiltImage image,
        IProgress<LayerProgress> progress,
        CancellationToken cancellation
    ) => GuardAsync(() => BringToRegistryAsync(image, progress, cancellation));

    private async Task<PushedImage> BringToRegistryAsync(
        BuiltImage image,
        IProgress<LayerProgress> progress,
        CancellationToken cancellation
    )
    {
        var engine = await services.BuildEngine(cancellation);
        var repository = $"{await services.Registry.StartAsync(cancellation)}/{config.Image}";
        var name = $"{repository}:{request.Version}";
        var digest = await engine.PushAsync(image.Reference, name, progress, cancellation);
        // The name was for the push only: the registry's port may be another one next time.
        await engine.RemoveImageAsync(name, cancellation);
        return new PushedImage($"{repository}@{digest}", ImageName);
    }

    /// <summary>Makes present what the plan starts beside the release itself: accessories' images and the proxy's.</summary>
    private async Task EnsureImagesAsync(Plan plan, CancellationToken cancellation)
    {
        var prepare = plan[PlanPhase.Prepare];
        var accessories = prepare.OfType<EnsureAccessory>().Where(a => !a.Exists).Select(a => a.Spec.Image).Distinct();
        await EnsureBaseImagesAsync([.. accessories], cancellation);
        foreach (var step in prepare.OfType<EnsureProxy>())
        {
            var host = hosts.First(h => h.Name == step.Host);
            var progress = new Remarks(services.Observer, host.Name);
            await services.ProxyImages.EnsureAsync(host.Engine, progress, cancellation);
        }
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
