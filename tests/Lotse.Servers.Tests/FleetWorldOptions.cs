using Lotse.Testing.Engine;
using Lotse.Testing.Servers;

namespace Lotse.Servers.Tests;

/// <summary>What a world of a test is made of.</summary>
public sealed record FleetWorldOptions
{
    /// <summary>The service's name.</summary>
    public required string Name { get; init; }

    /// <summary>A folder of its own.</summary>
    public required string Folder { get; init; }

    /// <summary>The registry's folder, shared by all worlds.</summary>
    public required string Registry { get; init; }

    /// <summary>The image that has the application's runtime.</summary>
    public required string BaseImage { get; init; }

    /// <summary>The engine of this machine, which builds.</summary>
    public required TestEngine Engine { get; init; }

    /// <summary>Whose key opens the servers.</summary>
    public required ServerFleet Fleet { get; init; }

    /// <summary>What is deployed to.</summary>
    public required IReadOnlyList<NestedServer> Servers { get; init; }
}
