using System.Net;
using Docker.DotNet;
using Docker.DotNet.Models;
using Lotse.Execution.Ports;
using Lotse.Hosts.Docker;
using Lotse.Hosts.Images.Building;

namespace Lotse.Hosts.Images.Bases;

/// <summary>How a pull ended.</summary>
internal enum PullResult
{
    Pulled,

    /// <summary>The registry answered: there is no such image, or it may not be read.</summary>
    Refused,

    /// <summary>Anything else went wrong.</summary>
    Failed,
}

/// <summary>Pulls images and sums up the progress of their layers.</summary>
internal sealed class ImagePuller(IDockerClient client, Func<RegistryLogin?> login)
{
    /// <summary>Returns how it ended, and the engine's words when it did not end well.</summary>
    public async Task<(PullResult Result, string Message)> PullAsync(
        string reference,
        ImageName name,
        IProgress<BaseImageProgress>? progress,
        CancellationToken cancellation
    )
    {
        var layers = new LayerSum(reference, progress);
        var parameters = new ImagesCreateParameters
        {
            FromImage = $"{name.Registry}/{name.Path}",
            Tag = name.Digest.Length > 0 ? name.Digest : name.Tag,
        };
        try
        {
            var own = login() is { } known && known.Host == name.Registry ? known : null;
            var auth = RegistryLogins.ToAuth(own);
            await client.Images.CreateImageAsync(parameters, auth, layers, cancellation);
            return layers.Error is { } error ? (PullResult.Failed, error) : (PullResult.Pulled, "");
        }
        catch (DockerApiException error)
        {
            // The engine maps "no such image" and "denied" alike to 404, and what it could not reach to 500.
            var refused =
                error.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden;
            return (refused ? PullResult.Refused : PullResult.Failed, ClassicBuilder.MessageOf(error));
        }
    }

    private sealed class LayerSum(string reference, IProgress<BaseImageProgress>? progress) : IProgress<JSONMessage>
    {
        private readonly Dictionary<string, JSONProgress> _layers = [];

        public string? Error { get; private set; }

        public void Report(JSONMessage value)
        {
            Error ??= value.Error?.Message ?? value.ErrorMessage;
            if (value is { ID: { } layer, Status: "Downloading", Progress: { Total: > 0 } bytes })
            {
                _layers[layer] = bytes;
                var current = _layers.Values.Sum(l => l.Current);
                var total = _layers.Values.Sum(l => l.Total);
                progress?.Report(new(reference, $"Pulling {reference}", current, total));
            }
        }
    }
}
