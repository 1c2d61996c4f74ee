using System.Globalization;
using Lotse.Registry.Storage;
using Lotse.Registry.Transfers;
using Microsoft.AspNetCore.Http;

namespace Lotse.Registry.Http;

/// <summary>
/// Uploads: begin, mount, send in one piece or in chunks, ask, cancel (OCI distribution spec, "Push").
/// </summary>
internal sealed class UploadEndpoint(ContentStore content, UploadSessions uploads, TransferMeter meter)
{
    public async Task BeginAsync(HttpContext context, string repository)
    {
        Demand(context.Request.Method == "POST", context.Request);
        var query = context.Request.Query;
        if (query.TryGetValue("mount", out var mount) && await MountAsync(context, repository, Digest.Parse(mount)))
        {
            return;
        }

        var digest = query.TryGetValue("digest", out var promised) ? Digest.Parse(promised) : null;
        using var lease = uploads.Begin(repository);
        if (digest is null)
        {
            Describe(context.Response, lease.Upload, StatusCodes.Status202Accepted);
        }
        else
        {
            await FinishAsync(context, lease.Upload, digest);
        }
    }

    public async Task ContinueAsync(HttpContext context, string repository, string id)
    {
        using var lease = await uploads.EnterAsync(repository, id, context.RequestAborted);
        var upload = lease.Upload;
        switch (context.Request.Method)
        {
            case "PATCH":
                await AppendAsync(context, upload);
                Describe(context.Response, upload, StatusCodes.Status202Accepted);
                break;
            case "PUT":
                await FinishAsync(context, upload, Digest.Parse(context.Request.Query["digest"]));
                break;
            case "GET":
                Describe(context.Response, upload, StatusCodes.Status204NoContent);
                break;
            default:
                Demand(context.Request.Method == "DELETE", context.Request);
                upload.Discard("The client cancelled the upload.");
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                break;
        }
    }

    private static void Demand(bool served, HttpRequest request)
    {
        if (!served)
        {
            throw new RegistryException(RegistryFault.Unsupported, $"{request.Method} of uploads is not served.");
        }
    }

    private static void Describe(HttpResponse response, Upload upload, int status)
    {
        response.StatusCode = status;
        response.Headers.Location = $"/v2/{upload.Repository}/blobs/uploads/{upload.Id}";
        // The last byte that is there; like other registries, 0-0 also where there is none.
        response.Headers.Range = string.Create(CultureInfo.InvariantCulture, $"0-{Math.Max(upload.Length - 1, 0)}");
        response.Headers["Docker-Upload-UUID"] = upload.Id;
    }

    private static void Created(HttpResponse response, string repository, Digest digest)
    {
        response.StatusCode = StatusCodes.Status201Created;
        response.Headers.Location = $"/v2/{repository}/blobs/{digest}";
        response.Headers["Docker-Content-Digest"] = digest.ToString();
    }

    private async Task<bool> MountAsync(HttpContext context, string repository, Digest digest)
    {
        if (await content.UseAsync(digest, context.RequestAborted) is not { } size)
        {
            return false;
        }

        meter.Reused(repository, digest, size);
        Created(context.Response, repository, digest);
        return true;
    }

    private async Task FinishAsync(HttpContext context, Upload upload, Digest digest)
    {
        await AppendAsync(context, upload);
        await upload.FinishAsync(digest, content, context.RequestAborted);
        Created(context.Response, upload.Repository, digest);
    }

    private static async Task AppendAsync(HttpContext context, Upload upload)
    {
        if (context.Request.Headers.ContentRange.ToString() is { Length: > 0 } range)
        {
            CheckRange(context, upload, range);
        }

        await upload.AppendAsync(context.Request.Body, context.RequestAborted);
    }

    private static void CheckRange(HttpContext context, Upload upload, string range)
    {
        if (
            range.Split('-') is not [var first, var last]
            || !long.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var start)
            || !long.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var end)
            || end < start
        )
        {
            throw new RegistryException(
                RegistryFault.SizeInvalid,
                $"The Content-Range '{range}' is none. Write the first and last byte's number as in 0-1023."
            );
        }

        if (start != upload.Length)
        {
            Describe(context.Response, upload, StatusCodes.Status416RangeNotSatisfiable);
            throw new RegistryException(
                RegistryFault.UploadOutOfOrder,
                $"The chunk begins at byte {start}, but the upload has {upload.Length} bytes. Continue from there."
            );
        }

        if (context.Request.ContentLength is { } length && length != end - start + 1)
        {
            throw new RegistryException(
                RegistryFault.SizeInvalid,
                $"The chunk has {length} bytes, but its Content-Range '{range}' says {end - start + 1}."
            );
        }
    }
}
