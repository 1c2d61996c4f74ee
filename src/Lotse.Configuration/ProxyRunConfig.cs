using System.Collections.Immutable;

namespace Lotse.Configuration;

/// <summary>How the edge proxy itself runs on a host.</summary>
public sealed record ProxyRunConfig
{
    /// <summary>The host's port for HTTP; default 80.</summary>
    public int HttpPort { get; init; } = 80;

    /// <summary>The host's port for HTTPS; default 443.</summary>
    public int HttpsPort { get; init; } = 443;

    /// <summary>The port for metrics; null for none.</summary>
    public int? MetricsPort { get; init; }

    /// <summary>Whether the proxy logs in detail.</summary>
    public bool Debug { get; init; }

    /// <summary>The size at which the log is rotated, as Docker writes it; default <c>10m</c>.</summary>
    public string LogMaxSize { get; init; } = "10m";

    /// <summary>Whether the ports are published on the host; default true.</summary>
    public bool Publish { get; init; } = true;

    /// <summary>The host's addresses on which the ports are published; empty for all.</summary>
    public ImmutableArray<string> BindIps { get; init; } = [];

    /// <summary>The registry of another proxy's image; null for Docker Hub.</summary>
    public string? Registry { get; init; }

    /// <summary>Another proxy's image, such as <c>basecamp/kamal-proxy</c>; null for our own.</summary>
    public string? Repository { get; init; }

    /// <summary>The tag of the image; null for the one that comes with this version.</summary>
    public string? Version { get; init; }

    /// <summary>Flags of <c>docker run</c> without the dashes, such as <c>memory</c>.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<string>> Options { get; init; } =
        ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty;
}
