using Microsoft.AspNetCore.Http;

namespace Lotse.Registry.Http;

/// <summary>Failures as the distribution spec wants them ("Error Codes").</summary>
internal static class ErrorResponse
{
    public static Task WriteAsync(HttpResponse response, RegistryException error)
    {
        var (status, code) = Describe(error.Fault);
        return WriteAsync(response, status, code, error.Message, error.Digests);
    }

    public static Task WriteAsync(
        HttpResponse response,
        int status,
        string code,
        string message,
        IReadOnlyList<Digest> digests
    ) =>
        JsonResponse.WriteAsync(
            response,
            status,
            JsonResponse.PlainJson,
            json =>
            {
                json.WriteStartObject();
                json.WriteStartArray("errors");
                foreach (var digest in digests.Cast<Digest?>().DefaultIfEmpty())
                {
                    json.WriteStartObject();
                    json.WriteString("code", code);
                    json.WriteString("message", message);
                    WriteDetail(json, digest);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }
        );

    private static void WriteDetail(System.Text.Json.Utf8JsonWriter json, Digest? digest)
    {
        if (digest is not null)
        {
            json.WriteStartObject("detail");
            json.WriteString("digest", digest.ToString());
            json.WriteEndObject();
        }
    }

    private static (int Status, string Code) Describe(RegistryFault fault) =>
        fault switch
        {
            RegistryFault.NameInvalid => (StatusCodes.Status400BadRequest, "NAME_INVALID"),
            RegistryFault.NameUnknown => (StatusCodes.Status404NotFound, "NAME_UNKNOWN"),
            RegistryFault.DigestInvalid => (StatusCodes.Status400BadRequest, "DIGEST_INVALID"),
            RegistryFault.DigestMismatch => (StatusCodes.Status400BadRequest, "DIGEST_INVALID"),
            RegistryFault.SizeInvalid => (StatusCodes.Status400BadRequest, "SIZE_INVALID"),
            RegistryFault.BlobUnknown => (StatusCodes.Status404NotFound, "BLOB_UNKNOWN"),
            RegistryFault.UploadUnknown => (StatusCodes.Status404NotFound, "BLOB_UPLOAD_UNKNOWN"),
            RegistryFault.UploadOutOfOrder => (StatusCodes.Status416RangeNotSatisfiable, "BLOB_UPLOAD_INVALID"),
            RegistryFault.ManifestInvalid => (StatusCodes.Status400BadRequest, "MANIFEST_INVALID"),
            RegistryFault.ManifestTooLarge => (StatusCodes.Status413PayloadTooLarge, "SIZE_INVALID"),
            RegistryFault.ManifestUnknown => (StatusCodes.Status404NotFound, "MANIFEST_UNKNOWN"),
            RegistryFault.ManifestBlobUnknown => (StatusCodes.Status400BadRequest, "MANIFEST_BLOB_UNKNOWN"),
            RegistryFault.Unsupported => (StatusCodes.Status405MethodNotAllowed, "UNSUPPORTED"),
            // Engines try anything else again, for a minute or more, though no disk gets empty by it.
            RegistryFault.Denied or RegistryFault.StorageFull => (StatusCodes.Status403Forbidden, "DENIED"),
            _ => (StatusCodes.Status500InternalServerError, "UNKNOWN"),
        };
}
