using System.Collections.Immutable;
using Docker.DotNet;
using Docker.DotNet.Models;
using Lotse.Execution.Ports;
using HostConfig = Lotse.Configuration.HostConfig;

namespace Lotse.Hosts.Docker;

public sealed partial class DockerEngine
{
    /// <inheritdoc/>
    public Task<bool> HasImageAsync(string image, CancellationToken cancellation) =>
        AskAsync(
            $"inspect image {image}",
            EngineLimits.Answer,
            async token =>
            {
                try
                {
                    await client.Images.InspectImageAsync(image, token);
                    return true;
                }
                catch (DockerImageNotFoundException)
                {
                    return false;
                }
            },
            cancellation
        );

    /// <inheritdoc/>
    public Task<ImmutableArray<NamedImage>> ListImagesAsync(string repository, CancellationToken cancellation) =>
        AskAsync(
            $"list images of {repository}",
            EngineLimits.Answer,
            async token =>
            {
                var filters = new Dictionary<string, IDictionary<string, bool>>
                {
                    ["reference"] = new Dictionary<string, bool> { [repository] = true },
                };
                var images = await client.Images.ListImagesAsync(new ImagesListParameters { Filters = filters }, token);
                return images
                    .SelectMany(i => (i.RepoTags ?? []).Select(tag => new NamedImage(tag, i.Size)))
                    .Where(image => image.Name.StartsWith($"{repository}:", StringComparison.Ordinal))
                    .OrderBy(image => image.Name, StringComparer.Ordinal)
                    .ToImmutableArray();
            },
            cancellation
        );

    /// <inheritdoc/>
    public Task PullAsync(
        string reference,
        string name,
        RegistryLogin? login,
        IProgress<LayerProgress>? progress,
        CancellationToken cancellation
    ) =>
        AskAsync(
            $"pull {name}",
            EngineLimits.Silence,
            async (heard, token) =>
            {
                var transfer = new TransferProgress(progress, heard);
                var parameters = new ImagesCreateParameters { FromImage = reference };
                await client.Images.CreateImageAsync(parameters, RegistryLogins.ToAuth(login), transfer, token);
                transfer.ThrowOnError();
                await TagAsync(reference, name, token);
                return true;
            },
            cancellation
        );

    /// <inheritdoc/>
    public Task<string> PushAsync(
        string image,
        string reference,
        RegistryLogin? login,
        IProgress<LayerProgress>? progress,
        CancellationToken cancellation
    ) =>
        AskAsync(
            $"push {image} to {reference}",
            EngineLimits.Silence,
            async (heard, token) =>
            {
                var transfer = new TransferProgress(progress, heard);
                await TagAsync(image, reference, token);
                var (repository, tag) = ImageNames.Split(reference);
                var parameters = new ImagePushParameters { Tag = tag };
                var auth = RegistryLogins.ToAuth(login);
                await client.Images.PushImageAsync(repository, parameters, auth, transfer, token);
                transfer.ThrowOnError();
                return transfer.Digest
                    ?? throw new TransferException("the engine did not report the digest of what it pushed");
            },
            cancellation
        );

    /// <inheritdoc/>
    public Task<ImmutableArray<ImmutableArray<string>>> ListLayersAsync(
        IReadOnlyCollection<string>? images,
        CancellationToken cancellation
    ) =>
        AskAsync(
            "list the images' layers",
            EngineLimits.DiskWork,
            async token =>
            {
                var wanted = images ?? await ListIdsAsync(token);
                var chains = await Task.WhenAll(wanted.Select(image => LayersOfAsync(image, token)));
                return chains.ToImmutableArray();
            },
            cancellation
        );

    /// <inheritdoc/>
    public Task LoadAsync(string name, Func<Stream, CancellationToken, Task> write, CancellationToken cancellation) =>
        AskAsync(
            $"load {name}",
            EngineLimits.Silence,
            async (heard, token) =>
            {
                var transfer = new TransferProgress(null, heard);
                await StreamedArchive.SendAsync(
                    (target, ending) => write(new HeardStream(target, heard), ending),
                    (archive, ending) =>
                        client.Images.LoadImageAsync(new ImageLoadParameters(), archive, transfer, ending),
                    token
                );
                transfer.ThrowOnError();
                return transfer.HasLoaded(name) || await HasImageAsync(name, token)
                    ? true
                    : throw new TransferException($"the engine has no {name} after it took the archive in");
            },
            cancellation
        );

    /// <inheritdoc/>
    public Task<LoginAnswer> LoginAsync(RegistryLogin login, CancellationToken cancellation) =>
        AskAsync(
            $"log in to the registry {login.Host}",
            EngineLimits.Change,
            async token =>
            {
                try
                {
                    await client.System.AuthenticateAsync(RegistryLogins.ToAuth(login), token);
                    return new LoginAnswer(LoginOutcome.Accepted, "");
                }
                catch (DockerApiException answer)
                {
                    var outcome = RegistryLogins.OutcomeOf(answer.StatusCode);
                    if (outcome == LoginOutcome.Unclear && host == HostConfig.LocalName)
                    {
                        outcome = await RegistrySight.LookAsync(login.Host, token);
                    }

                    return new LoginAnswer(outcome, EngineErrors.MessageOf(answer));
                }
            },
            cancellation
        );

    /// <inheritdoc/>
    public Task<bool> RemoveImageAsync(string name, CancellationToken cancellation) =>
        AskAsync(
            $"remove image {name}",
            EngineLimits.DiskWork,
            async token =>
            {
                try
                {
                    await client.Images.DeleteImageAsync(name, new ImageDeleteParameters(), token);
                    return true;
                }
                catch (DockerApiException left)
                    when (left.StatusCode is System.Net.HttpStatusCode.NotFound or System.Net.HttpStatusCode.Conflict)
                {
                    return false;
                }
            },
            cancellation
        );

    private async Task<List<string>> ListIdsAsync(CancellationToken cancellation)
    {
        var images = await client.Images.ListImagesAsync(new ImagesListParameters(), cancellation);
        return [.. images.Select(i => i.ID).Distinct()];
    }

    /// <summary>The layers of an image; none when it has gone meanwhile.</summary>
    private async Task<ImmutableArray<string>> LayersOfAsync(string image, CancellationToken cancellation)
    {
        try
        {
            var found = await client.Images.InspectImageAsync(image, cancellation);
            return [.. found.RootFS?.Layers ?? []];
        }
        catch (DockerImageNotFoundException)
        {
            return [];
        }
    }

    private Task TagAsync(string image, string name, CancellationToken cancellation)
    {
        var (repository, tag) = ImageNames.Split(name);
        var parameters = new ImageTagParameters
        {
            RepositoryName = repository,
            Tag = tag,
            Force = true,
        };
        return client.Images.TagImageAsync(image, parameters, cancellation);
    }
}
