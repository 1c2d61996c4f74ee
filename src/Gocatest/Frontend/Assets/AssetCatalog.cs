using System.Security.Cryptography;
using Gocatest.Hosting;

namespace Gocatest.Frontend.Assets;

/// <summary>The page's static files, each under a name that holds the hash of its content.</summary>
internal sealed class AssetCatalog
{
    private const int HashDigits = 12;

    private static readonly (string Name, string ContentType)[] Files =
    [
        ("board.css", "text/css; charset=utf-8"),
        ("board.js", "text/javascript; charset=utf-8"),
        ("icon.svg", "image/svg+xml"),
    ];

    private readonly Dictionary<string, Asset> assets = Files.ToDictionary(
        f => f.Name,
        f => Load(f.Name, f.ContentType),
        StringComparer.Ordinal
    );

    /// <summary>Where the file of this plain name ("board.css") is found.</summary>
    public string Url(string name) => assets[name].Url;

    /// <summary>Answers a request for <c>/assets/{name}.{hash}.{extension}</c>.</summary>
    /// <remarks>
    /// While one release takes over from another, a page of the one may ask the other for its files. It gets what is
    /// there, not to be kept: a page in the neighbour's clothes beats a naked one.
    /// </remarks>
    public Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        if (Find(path) is not { } asset)
        {
            throw Refusal.Because(404, "There is no such file.");
        }

        context.Response.Headers.CacheControl = path == asset.Url ? "public, max-age=31536000, immutable" : "no-cache";
        return context.Response.WriteBytesAsync(200, asset.ContentType, asset.Content);
    }

    private Asset? Find(string path) =>
        path[(path.LastIndexOf('/') + 1)..].Split('.') is [var name, _, var extension]
            ? assets.GetValueOrDefault($"{name}.{extension}")
            : null;

    private static Asset Load(string name, string contentType)
    {
        using var resource = typeof(AssetCatalog).Assembly.GetManifestResourceStream(name)!;
        var content = new byte[resource.Length];
        resource.ReadExactly(content);
        var hash = Convert.ToHexStringLower(SHA256.HashData(content))[..HashDigits];
        var dot = name.LastIndexOf('.');
        return new Asset($"/assets/{name[..dot]}.{hash}{name[dot..]}", contentType, content);
    }
}
