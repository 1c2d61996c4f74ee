using System.Globalization;
using System.Text.Json;
using Lotse.Registry.Manifests;
using Lotse.Registry.Storage;
using Microsoft.AspNetCore.Http;

namespace Lotse.Registry.Http;

/// <summary>What a repository holds: its tags, and what refers to a manifest ("Content Discovery").</summary>
internal sealed class ListEndpoints(ManifestStore manifests)
{
    public Task TagsAsync(HttpContext context, string repository)
    {
        DemandGet(context.Request);
        DemandRepository(repository);
        var query = context.Request.Query;
        var last = query["last"].ToString();
        var rest = manifests.Tags(repository).Where(tag => string.CompareOrdinal(tag, last) > 0).ToList();
        var page = rest.Take(PageSize(query["n"].ToString())).ToList();
        if (page.Count > 0 && page.Count < rest.Count)
        {
            context.Response.Headers.Link =
                $"</v2/{repository}/tags/list?n={page.Count}&last={page[^1]}>; rel=\"next\"";
        }

        return JsonResponse.WriteAsync(
            context.Response,
            StatusCodes.Status200OK,
            JsonResponse.PlainJson,
            json => WriteTags(json, repository, page)
        );
    }

    public Task ReferrersAsync(HttpContext context, string repository, string argument)
    {
        DemandGet(context.Request);
        var subject = Digest.Parse(argument);
        var wanted = context.Request.Query["artifactType"].ToString();
        if (wanted.Length > 0)
        {
            context.Response.Headers["OCI-Filters-Applied"] = "artifactType";
        }

        var referrers = Referrers(repository, subject)
            .Where(found => wanted.Length == 0 || ArtifactType(found.Document) == wanted)
            .ToList();
        return JsonResponse.WriteAsync(
            context.Response,
            StatusCodes.Status200OK,
            MediaTypes.OciIndex,
            json => WriteIndex(json, referrers)
        );
    }

    private static void DemandGet(HttpRequest request)
    {
        if (request.Method is not ("GET" or "HEAD"))
        {
            throw new RegistryException(RegistryFault.Unsupported, $"{request.Method} of lists is not served.");
        }
    }

    private void DemandRepository(string repository)
    {
        if (!manifests.HasRepository(repository))
        {
            throw new RegistryException(RegistryFault.NameUnknown, $"Nothing was pushed to {repository}.");
        }
    }

    private static int PageSize(string text) =>
        text.Length == 0 ? int.MaxValue
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size
        : throw new RegistryException(RegistryFault.SizeInvalid, $"n={text} is not a number of tags.");

    private IEnumerable<(StoredManifest Manifest, ManifestDocument Document)> Referrers(
        string repository,
        Digest subject
    )
    {
        foreach (var digest in manifests.Digests(repository))
        {
            if (
                manifests.Find(repository, digest) is { } manifest
                && manifests.Read(manifest) is { } document
                && document.Subject == subject
            )
            {
                yield return (manifest, document);
            }
        }
    }

    private static string? ArtifactType(ManifestDocument document) =>
        string.IsNullOrEmpty(document.ArtifactType) ? document.Config?.MediaType : document.ArtifactType;

    private static void WriteTags(Utf8JsonWriter json, string repository, List<string> tags)
    {
        json.WriteStartObject();
        json.WriteString("name", repository);
        json.WriteStartArray("tags");
        tags.ForEach(json.WriteStringValue);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteIndex(
        Utf8JsonWriter json,
        List<(StoredManifest Manifest, ManifestDocument Document)> items
    )
    {
        json.WriteStartObject();
        json.WriteNumber("schemaVersion", 2);
        json.WriteString("mediaType", MediaTypes.OciIndex);
        json.WriteStartArray("manifests");
        items.ForEach(item => WriteReferrer(json, item.Manifest, item.Document));
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteReferrer(Utf8JsonWriter json, StoredManifest manifest, ManifestDocument document)
    {
        json.WriteStartObject();
        json.WriteString("mediaType", manifest.MediaType);
        json.WriteString("digest", manifest.Digest.ToString());
        json.WriteNumber("size", manifest.Size);
        if (ArtifactType(document) is { } type)
        {
            json.WriteString("artifactType", type);
        }

        if (document.Annotations.Count > 0)
        {
            json.WriteStartObject("annotations");
            foreach (var (name, value) in document.Annotations)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
