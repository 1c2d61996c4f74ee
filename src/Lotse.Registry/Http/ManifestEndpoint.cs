using Lotse.Registry.Storage;
using Lotse.Registry.Transfers;
using Microsoft.AspNetCore.Http;

namespace Lotse.Registry.Http;

/// <summary>Manifests by tag or digest, in the media type and the bytes they were pushed with.</summary>
internal sealed class ManifestEndpoint(RegistryStore store, PushedContent pushed, TransferMeter meter)
{
    // The spec's least is 4 MiB.
    private const int LargestManifest = 8 * 1024 * 1024;

    public Task HandleAsync(HttpContext context, string repository, string tagOrDigest)
    {
        if (!Digest.TryParse(tagOrDigest, out _))
        {
            Names.CheckTag(tagOrDigest);
        }

        return context.Request.Method switch
        {
            "GET" => GetAsync(context, repository, tagOrDigest),
            "HEAD" => HeadAsync(context, repository, tagOrDigest),
            "PUT" => PutAsync(context, repository, tagOrDigest),
            "DELETE" => Delete(context, repository, tagOrDigest),
            _ => throw new RegistryException(
                RegistryFault.Unsupported,
                $"{context.Request.Method} of manifests is not served."
            ),
        };
    }

    private static RegistryException Unknown(string repository, string tagOrDigest) =>
        new(RegistryFault.ManifestUnknown, $"There is no {new ManifestReference(repository, tagOrDigest)}.");

    private static async Task<byte[]> ReadAsync(HttpRequest request, CancellationToken cancellation)
    {
        var bytes = new byte[Math.Min(request.ContentLength ?? LargestManifest, LargestManifest) + 1];
        var count = await request.Body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellation);
        return count <= LargestManifest && request.ContentLength is null or <= LargestManifest
            ? bytes[..count]
            : throw new RegistryException(
                RegistryFault.ManifestTooLarge,
                $"The manifest is larger than {LargestManifest} bytes, the most this registry takes."
            );
    }

    private async Task<StoredManifest> UseAsync(HttpContext context, string repository, string tagOrDigest)
    {
        var manifest =
            await store.Manifests.UseAsync(repository, tagOrDigest, context.RequestAborted)
            ?? throw Unknown(repository, tagOrDigest);
        ContentResponse.Describe(context.Response, manifest.Digest, manifest.MediaType);
        return manifest;
    }

    private async Task HeadAsync(HttpContext context, string repository, string tagOrDigest) =>
        context.Response.ContentLength = (await UseAsync(context, repository, tagOrDigest)).Size;

    private async Task GetAsync(HttpContext context, string repository, string tagOrDigest)
    {
        var manifest = await UseAsync(context, repository, tagOrDigest);
        await using var file = store.Content.TryOpen(manifest.Digest) ?? throw Unknown(repository, tagOrDigest);
        var transfer = meter.Begin(TransferDirection.Sent, repository, isManifest: true);
        transfer.Digest = manifest.Digest;
        await ContentResponse.SendAsync(context, file, manifest.Digest, manifest.MediaType, transfer);
    }

    private async Task PutAsync(HttpContext context, string repository, string tagOrDigest)
    {
        var request = context.Request;
        var transfer = meter.Begin(TransferDirection.Received, repository, isManifest: true);
        try
        {
            var bytes = await ReadAsync(request, context.RequestAborted);
            transfer.Moved(bytes.Length);
            var type = (request.ContentType ?? "").Split(';')[0].Trim();
            var (manifest, subject) = await store.Manifests.PutAsync(
                repository,
                tagOrDigest,
                type,
                bytes,
                context.RequestAborted
            );
            pushed.Add(repository, manifest);
            transfer.Digest = manifest.Digest;
            Created(context.Response, repository, manifest.Digest, subject);
            transfer.Completed();
        }
        catch (Exception error)
        {
            transfer.Failed(error.Message);
            throw;
        }
    }

    private static void Created(HttpResponse response, string repository, Digest digest, Digest? subject)
    {
        response.StatusCode = StatusCodes.Status201Created;
        response.Headers.Location = $"/v2/{repository}/manifests/{digest}";
        response.Headers["Docker-Content-Digest"] = digest.ToString();
        if (subject is not null)
        {
            response.Headers["OCI-Subject"] = subject.ToString();
        }
    }

    private Task Delete(HttpContext context, string repository, string tagOrDigest)
    {
        var deleted = Digest.TryParse(tagOrDigest, out var digest)
            ? store.Manifests.DeleteManifest(repository, digest)
            : store.Manifests.DeleteTag(repository, tagOrDigest);
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        return deleted ? Task.CompletedTask : throw Unknown(repository, tagOrDigest);
    }
}
