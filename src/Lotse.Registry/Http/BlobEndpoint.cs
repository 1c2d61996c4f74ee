using Lotse.Registry.Storage;
using Lotse.Registry.Transfers;
using Microsoft.AspNetCore.Http;

namespace Lotse.Registry.Http;

/// <summary>Content by digest: whether it is there, and its bytes. Content is shared by all repositories.</summary>
internal sealed class BlobEndpoint(ContentStore content, TransferMeter meter)
{
    public Task HandleAsync(HttpContext context, string repository, string argument)
    {
        var digest = Digest.Parse(argument);
        return context.Request.Method switch
        {
            "HEAD" => HeadAsync(context, repository, digest),
            "GET" => GetAsync(context, repository, digest),
            // Other repositories and processes may rely on it.
            _ => throw new RegistryException(
                RegistryFault.Unsupported,
                $"{context.Request.Method} of content is not served: content goes when nothing refers to it any more."
            ),
        };
    }

    private async Task HeadAsync(HttpContext context, string repository, Digest digest)
    {
        // A pusher that gets a yes does not send the content: it must still be there when the manifest comes.
        var size = await content.UseAsync(digest, context.RequestAborted) ?? throw ContentStore.Unknown(digest);
        meter.Reused(repository, digest, size);
        context.Response.ContentLength = size;
        ContentResponse.Describe(context.Response, digest, ContentResponse.Binary);
    }

    private async Task GetAsync(HttpContext context, string repository, Digest digest)
    {
        await using var file = content.TryOpen(digest) ?? throw ContentStore.Unknown(digest);
        var transfer = meter.Begin(TransferDirection.Sent, repository);
        transfer.Digest = digest;
        await ContentResponse.SendAsync(context, file, digest, ContentResponse.Binary, transfer);
    }
}
