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

    /// <summary>What is deployed to.</summary>
    public required IReadOnlyList<NestedServer> Servers { get; init; }

    /// <summary>The private key that opens the servers.</summary>
    public required string KeyPath { get; init; }

    /// <summary>What gives the servers back to those who share them; null for servers of a test's own.</summary>
    public required ServerLoan? Loan { get; init; }
}
