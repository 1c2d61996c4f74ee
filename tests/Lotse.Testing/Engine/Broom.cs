using System.Net;
using Docker.DotNet;
using Docker.DotNet.Models;

namespace Lotse.Testing.Engine;

/// <summary>
/// Removes containers, networks, volumes and images that belong to someone: by the label that tests give, or by a name
/// that begins with the run (that is how what a deployer under test made is found).
/// </summary>
internal sealed class Broom(IDockerClient client, Func<string, bool> belongs)
{
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        await SweepContainersAsync(cancellationToken);
        await SweepNetworksAsync(cancellationToken);
        await SweepVolumesAsync(cancellationToken);
        await SweepImagesAsync(cancellationToken);
    }

    private async Task SweepContainersAsync(CancellationToken cancellationToken)
    {
        var all = new ContainersListParameters { All = true };
        var remove = new ContainerRemoveParameters { Force = true, RemoveVolumes = true };
        foreach (var container in await client.Containers.ListContainersAsync(all, cancellationToken))
        {
            if (IsOurs(container.Names.Select(name => name.TrimStart('/')), container.Labels))
            {
                await RemoveAsync(() =>
                    client.Containers.RemoveContainerAsync(container.ID, remove, cancellationToken)
                );
            }
        }
    }

    private async Task SweepNetworksAsync(CancellationToken cancellationToken)
    {
        foreach (var network in await client.Networks.ListNetworksAsync(cancellationToken: cancellationToken))
        {
            if (IsOurs([network.Name], network.Labels))
            {
                await RemoveAsync(() => client.Networks.DeleteNetworkAsync(network.ID, cancellationToken));
            }
        }
    }

    private async Task SweepVolumesAsync(CancellationToken cancellationToken)
    {
        var volumes = await client.Volumes.ListAsync(cancellationToken);
        foreach (var volume in volumes.Volumes ?? [])
        {
            if (IsOurs([volume.Name], volume.Labels))
            {
                await RemoveAsync(() => client.Volumes.RemoveAsync(volume.Name, force: true, cancellationToken));
            }
        }
    }

    private async Task SweepImagesAsync(CancellationToken cancellationToken)
    {
        var images = await client.Images.ListImagesAsync(new ImagesListParameters(), cancellationToken);

        // The newest first: an image cannot go while another stands on it.
        foreach (var image in images.OrderByDescending(image => image.Created))
        {
            if (IsOurs((image.RepoTags ?? []).Select(LastSegment), image.Labels))
            {
                await RemoveAsync(() =>
                    client.Images.DeleteImageAsync(
                        image.ID,
                        new ImageDeleteParameters { Force = true },
                        cancellationToken
                    )
                );
            }
        }
    }

    // Another test process may be sweeping the same dead run: then it is gone, or going (an image that goes at this very
    // moment is an internal error to engines), or (what is forbidden) a network whose last container is going.
    private static async Task RemoveAsync(Func<Task> remove)
    {
        try
        {
            await remove();
        }
        catch (DockerApiException exception)
            when (exception.StatusCode
                    is HttpStatusCode.NotFound
                        or HttpStatusCode.Conflict
                        or HttpStatusCode.Forbidden
                        or HttpStatusCode.InternalServerError
            ) { }
    }

    private static string LastSegment(string reference) => reference[(reference.LastIndexOf('/') + 1)..];

    private bool IsOurs(IEnumerable<string> names, IDictionary<string, string>? labels) =>
        names.Any(belongs) || (labels?.TryGetValue(TestEngine.Label, out var owner) == true && belongs(owner));
}
