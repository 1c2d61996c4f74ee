using Docker.DotNet.Models;

namespace Lotse.Testing.Engine;

/// <summary>A container to run.</summary>
public sealed record ContainerRequest
{
    /// <summary>Its image, which must be on the engine.</summary>
    public required string Image { get; init; }

    /// <summary>What it is; becomes the end of its name.</summary>
    public string Purpose { get; init; } = "container";

    /// <summary>In place of the image's command.</summary>
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>Added to the image's environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>TCP ports of the container, each published on a free port of 127.0.0.1.</summary>
    public IReadOnlyList<int> Ports { get; init; } = [];

    /// <summary>A network in place of the engine's own.</summary>
    public string? Network { get; init; }

    /// <summary>Bytes of memory after which the kernel kills it; by default no limit.</summary>
    public long? Memory { get; init; }

    /// <summary>Volumes or paths, as source:target[:ro].</summary>
    public IReadOnlyList<string> Binds { get; init; } = [];

    /// <summary>Changes anything else of what is sent to the engine.</summary>
    public Action<CreateContainerParameters> Configure { get; init; } = _ => { };
}
