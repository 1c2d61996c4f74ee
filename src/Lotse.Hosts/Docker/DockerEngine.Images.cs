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
            async () =>
            {
                try
                {
                    await client.Images.InspectImageAsync(image, cancellation);
                    return true;
                }
                catch (DockerImageNotFoundException)
                {
                    return false;
                }
            }
        );

    /// <inheritdoc/>
    public Task<ImmutableArray<NamedImage>> ListImagesAsync(string repository, CancellationToken cancellation) =>
        AskAsync(
            $"list images of {repository}",
            async () =>
            {
                var filters = new Dictionary<string, IDictionary<string, bool>>
                {
                    ["reference"] = new Dictionary<string, bool> { [repository] = true },
                };
                var images = await client.Images.ListImagesAsync(
                    new ImagesListParameters { Filters = filters },
                    cancellation
                );
                return images
                    .SelectMany(i => (i.RepoTags ?? []).Select(tag => new NamedImage(tag, i.Size)))
                    .Where(image => image.Name.StartsWith($"{repository}:", StringComparison.Ordinal))
                    .OrderBy(image => image.Name, StringComparer.Ordinal)
                    .ToImmutableArray();
            }
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
            async () =>
            {
                var transfer = new TransferProgress(progress);
                var parameters = new ImagesCreateParameters { FromImage = reference };
                await client.Images.CreateImageAsync(parameters, RegistryLogins.ToAuth(login), transfer, cancellation);
                transfer.ThrowOnError();
                await TagAsync(reference, name, cancellation);
                return true;
            }
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
            async () =>
            {
                var transfer = new TransferProgress(progress);
                await TagAsync(image, reference, cancellation);
                var (repository, tag) = ImageNames.Split(reference);
                var parameters = new ImagePushParameters { Tag = tag };
                var auth = RegistryLogins.ToAuth(login);
                await client.Images.PushImageAsync(repository, parameters, auth, transfer, cancellation);
                transfer.ThrowOnError();
                return transfer.Digest
                    ?? throw new TransferException("the engine did not report the digest of what it pushed");
            }
        );

    /// <inheritdoc/>
    public Task<ImmutableArray<ImmutableArray<string>>> ListLayersAsync(
        IReadOnlyCollection<string>? images,
        CancellationToken cancellation
    ) =>
        AskAsync(
            "list the images' layers",
            async () =>
            {
                var wanted = images ?? await ListIdsAsync(cancellation);
                var chains = await Task.WhenAll(wanted.Select(image => LayersOfAsync(image, cancellation)));
                return chains.ToImmutableArray();
            }
        );

    /// <inheritdoc/>
    public Task LoadAsync(string name, Func<Stream, CancellationToken, Task> write, CancellationToken cancellation) =>
        AskAsync(
            $"load {name}",
            async () =>
            {
                var transfer = new TransferProgress(null);
                await StreamedArchive.SendAsync(
                    write,
                    (archive, token) =>
                        client.Images.LoadImageAsync(new ImageLoadParameters(), archive, transfer, token),
                    cancellation
                );
                transfer.ThrowOnError();
                return transfer.HasLoaded(name) || await HasImageAsync(name, cancellation)
                    ? true
                    : throw new TransferException($"the engine has no {name} after it took the archive in");
            }
        );

    /// <inheritdoc/>
    public Task<LoginAnswer> LoginAsync(RegistryLogin login, CancellationToken cancellation) =>
        AskAsync(
            $"log in to the registry {login.Host}",
            async () =>
            {
                try
                {
                    await client.System.AuthenticateAsync(RegistryLogins.ToAuth(login), cancellation);
                    return new LoginAnswer(LoginOutcome.Accepted, "");
                }
                catch (DockerApiException answer)
                {
                    var outcome = RegistryLogins.OutcomeOf(answer.StatusCode);
                    if (outcome == LoginOutcome.Unclear && host == HostConfig.LocalName)
                    {
                        outcome = await RegistrySight.LookAsync(login.Host, cancellation);
                    }

                    return new LoginAnswer(outcome, EngineErrors.MessageOf(answer));
                }
            }
        );

    /// <inheritdoc/>
    public Task<bool> RemoveImageAsync(string name, CancellationToken cancellation) =>
        AskAsync(
            $"remove image {name}",
            async () =>
            {
                try
                {
                    await client.Images.DeleteImageAsync(name, new ImageDeleteParameters(), cancellation);
                    return true;
                }
                catch (DockerApiException left)
                    when (left.StatusCode is System.Net.HttpStatusCode.NotFound or System.Net.HttpStatusCode.Conflict)
                {
                    return false;
                }
            }
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
