using System.Collections.Immutable;
using Docker.DotNet;
using Docker.DotNet.Models;
using Lotse.Execution.Ports;
using Lotse.Hosts.Images.Bases;
using Lotse.Hosts.Images.StandIns;

namespace Lotse.Hosts.Images;

/// <summary>Makes images present on an engine: pulls them, or puts stand-ins in their place where no registry can be reached.</summary>
public sealed class BaseImages : IBaseImages
{
    private readonly IDockerClient _client;
    private readonly BaseImagesOptions _options;
    private readonly ImagePuller _puller;
    private readonly RegistryProbe _probe;
    private readonly StandInMaker _maker;

    /// <summary>Works on one engine.</summary>
    /// <param name="client">The engine.</param>
    /// <param name="options">The cache and the deadlines.</param>
    /// <param name="time">The clock of deadlines and of the cache.</param>
    public BaseImages(IDockerClient client, BaseImagesOptions options, TimeProvider time)
    {
        _client = client;
        _options = options;
        _puller = new(client, options.Login);
        _probe = new(options.ProbeDeadline, time);
        _maker = new(client, options.CacheDirectory, time);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<BaseImage>> EnsureAsync(
        IReadOnlyList<string> references,
        IProgress<BaseImageProgress>? progress,
        CancellationToken cancellation
    )
    {
        var wanted = references.Distinct().Select(r => new Wanted(r, Parse(r), progress)).ToImmutableArray();
        var engine = new Lazy<Task<SystemInfoResponse>>(() => _client.System.GetSystemInfoAsync(cancellation));
        return await Task.WhenAll(wanted.Select(image => EnsureAsync(image, engine, cancellation)));
    }

    private static ImageName Parse(string reference) =>
        ImageName.Parse(reference)
        ?? throw new BaseImageException(
            BaseImageFailure.InvalidName,
            reference,
            $"`{reference}` is no image's name.",
            "Write [registry/]repository[:tag] in lower case, for example postgres:17."
        );

    private async Task<BaseImage> EnsureAsync(
        Wanted image,
        Lazy<Task<SystemInfoResponse>> engine,
        CancellationToken cancellation
    )
    {
        var there = await LocalImage.FindAsync(_client, image.Reference, cancellation);
        if (there is { IsStandIn: false })
        {
            return new(image.Reference, BaseImageOrigin.Present, there.Id, "");
        }

        // A stand-in gives way as soon as the real image can be had.
        var obstacle = await _probe.FindObstacleAsync(image.Name, cancellation);
        if (obstacle is null || LocalImage.HasOtherWays(await engine.Value, _options.Variable))
        {
            image.Tell($"Pulling {image.Reference}");
            var (result, message) = await _puller.PullAsync(image.Reference, image.Name, image.Progress, cancellation);
            if (result == PullResult.Pulled)
            {
                return await DescribeAsync(
                    image,
                    BaseImageOrigin.Pulled,
                    $"{image.Reference} was pulled.",
                    cancellation
                );
            }

            if (there is null && (result == PullResult.Refused || obstacle is null))
            {
                throw PullFailed(image, result, message);
            }

            obstacle ??= message;
        }

        return await StandInAsync(image, there, obstacle, cancellation);
    }

    private async Task<BaseImage> StandInAsync(
        Wanted image,
        LocalImage? there,
        string obstacle,
        CancellationToken cancellation
    )
    {
        var (recipe, reason) = StandInMaker.FindRecipe(image.Name);
        if (there is not null && (recipe is null || recipe.Fingerprint == there.Fingerprint))
        {
            return new(
                image.Reference,
                BaseImageOrigin.StandIn,
                there.Id,
                Sentence(image, obstacle, there.Ingredients)
            );
        }

        if (recipe is null)
        {
            throw new BaseImageException(
                BaseImageFailure.Unreachable,
                image.Reference,
                $"{image.Reference} cannot be pulled ({obstacle}), and {reason}.",
                "Connect this machine to the registry, or load the image with `docker load`."
            );
        }

        try
        {
            var ingredients = await _maker.MakeAsync(image.Reference, recipe, image.Tell, cancellation);
            var sentence = Sentence(image, obstacle, ingredients);
            return await DescribeAsync(image, BaseImageOrigin.StandIn, sentence, cancellation);
        }
        catch (StandInException error)
        {
            throw StandInFailed(image, obstacle, error);
        }
    }

    private async Task<BaseImage> DescribeAsync(
        Wanted image,
        BaseImageOrigin origin,
        string message,
        CancellationToken cancellation
    ) =>
        new(
            image.Reference,
            origin,
            (await _client.Images.InspectImageAsync(image.Reference, cancellation)).ID,
            message
        );

    private static string Sentence(Wanted image, string obstacle, string ingredients) =>
        $"{image.Reference} cannot be pulled ({obstacle}): using a stand-in made from {ingredients}.";

    private static BaseImageException PullFailed(Wanted image, PullResult result, string message) =>
        result == PullResult.Refused
            ? new(
                BaseImageFailure.UnknownOrDenied,
                image.Reference,
                $"The registry {image.Name.Registry} does not give out {image.Reference}: {message}.",
                "Check the name and the tag; if it is private, give its registry and the login under `registry` in the configuration, or load it with `docker pull`."
            )
            : new(
                BaseImageFailure.PullFailed,
                image.Reference,
                $"Pulling {image.Reference} failed: {message}.",
                "Try again; if it goes on, check what `docker pull` says on this machine."
            );

    private static BaseImageException StandInFailed(Wanted image, string obstacle, StandInException error) =>
        new(
            BaseImageFailure.StandInFailed,
            image.Reference,
            string.Join(
                '\n',
                error
                    .Evidence.TakeLast(10)
                    .Select(line => $"  | {line}")
                    .Prepend(
                        $"{image.Reference} cannot be pulled ({obstacle}), and no stand-in could be made: {error.Message}."
                    )
            ),
            "Connect this machine to the registry, load the image with `docker load`, or mend what the lines above name.",
            error
        );

    private sealed record Wanted(string Reference, ImageName Name, IProgress<BaseImageProgress>? Progress)
    {
        public void Tell(string message) => Progress?.Report(new(Reference, message));
    }
}

/// <summary>Where and how long <see cref="BaseImages"/> works.</summary>
public sealed record BaseImagesOptions
{
    /// <summary>Where packages and layers of stand-ins are kept; it may be shared by runs, and deleted at any time between them.</summary>
    public required string CacheDirectory { get; init; }

    /// <summary>How long a registry may take to accept a connection before it counts as out of reach. Default: 3 s.</summary>
    public TimeSpan ProbeDeadline { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Gives the login for the registry that the configuration names; null when it names none. Default: none.</summary>
    public Func<RegistryLogin?> Login { get; init; } = () => null;

    /// <summary>Looks up an environment variable. Default: this process's own.</summary>
    public Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;
}
