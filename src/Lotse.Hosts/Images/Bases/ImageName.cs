using System.Text.RegularExpressions;

namespace Lotse.Hosts.Images.Bases;

/// <summary>
/// An image's name with what it leaves out filled in, by the rules of the docker command
/// (https://github.com/distribution/reference): <c>postgres</c> is <c>docker.io/library/postgres:latest</c>.
/// </summary>
/// <param name="Registry">The registry's host, with its port if it has one.</param>
/// <param name="Path">The repository on that registry.</param>
/// <param name="Tag">The tag; empty when there is a digest and no tag.</param>
/// <param name="Digest">The digest, <c>sha256:…</c>; empty when there is none.</param>
internal sealed partial record ImageName(string Registry, string Path, string Tag, string Digest)
{
    public const string DockerHub = "docker.io";

    /// <summary>The host and port at which the registry's API answers.</summary>
    public (string Host, int Port) Endpoint
    {
        get
        {
            if (Registry == DockerHub)
            {
                return ("registry-1.docker.io", 443);
            }

            var colon = Registry.LastIndexOf(':');
            return colon > 0 && int.TryParse(Registry.AsSpan(colon + 1), out var port)
                ? (Registry[..colon], port)
                : (Registry, 443);
        }
    }

    /// <summary>Null when the text is no image's name.</summary>
    public static ImageName? Parse(string text)
    {
        var match = Reference().Match(text);
        if (!match.Success)
        {
            return null;
        }

        var path = match.Groups["path"].Value;
        var slash = path.IndexOf('/');
        var first = slash < 0 ? "" : path[..slash];
        var hasRegistry = first.Contains('.') || first.Contains(':') || first == "localhost";
        var registry = hasRegistry ? first : DockerHub;
        var repository = hasRegistry ? path[(slash + 1)..] : path;
        var digest = match.Groups["digest"].Value;
        var tag = match.Groups["tag"].Value;
        return new(
            registry is "index.docker.io" ? DockerHub : registry,
            registry == DockerHub && !repository.Contains('/') ? $"library/{repository}" : repository,
            tag.Length == 0 && digest.Length == 0 ? "latest" : tag,
            digest
        );
    }

    [GeneratedRegex(
        @"^(?<path>([a-zA-Z0-9.-]+(:\d+)?/)?[a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*)"
            + @"(:(?<tag>\w[\w.-]{0,127}))?(@(?<digest>[a-z0-9]+:[a-fA-F0-9]{32,}))?$",
        RegexOptions.ExplicitCapture
    )]
    private static partial Regex Reference();
}
