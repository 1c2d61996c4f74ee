namespace Lotse.Registry.Http;

/// <summary>What a request's path asks for (OCI distribution spec, "Endpoints").</summary>
internal enum RouteKind
{
    Unknown,
    Version,
    Blob,
    Uploads,
    Upload,
    Manifest,
    TagList,
    Referrers,
}

/// <summary>A path taken apart. Repository names have slashes, so it is read from its end.</summary>
/// <param name="Kind">Which endpoint.</param>
/// <param name="Repository">The repository's name, not yet checked; empty where the endpoint has none.</param>
/// <param name="Argument">The last part: a digest, tag or upload id; empty where the endpoint has none.</param>
internal sealed record Route(RouteKind Kind, string Repository = "", string Argument = "")
{
    private const string Root = "/v2/";

    public static Route Parse(string path)
    {
        if (path is Root or "/v2")
        {
            return new Route(RouteKind.Version);
        }

        return path.StartsWith(Root, StringComparison.Ordinal)
            ? Parse(path[Root.Length..].Split('/'))
            : new Route(RouteKind.Unknown);
    }

    private static Route Parse(string[] parts) =>
        parts switch
        {
            [.. var name, "manifests", var reference] => Of(RouteKind.Manifest, name, reference),
            [.. var name, "referrers", var digest] => Of(RouteKind.Referrers, name, digest),
            [.. var name, "tags", "list"] => Of(RouteKind.TagList, name, ""),
            [.. var name, "blobs", "uploads", ""] => Of(RouteKind.Uploads, name, ""),
            [.. var name, "blobs", "uploads", var id] => Of(RouteKind.Upload, name, id),
            [.. var name, "blobs", "uploads"] => Of(RouteKind.Uploads, name, ""),
            [.. var name, "blobs", var digest] => Of(RouteKind.Blob, name, digest),
            _ => new Route(RouteKind.Unknown),
        };

    private static Route Of(RouteKind kind, string[] name, string argument) =>
        new(kind, string.Join('/', name), argument);
}
