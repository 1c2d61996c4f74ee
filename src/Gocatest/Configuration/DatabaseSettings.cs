namespace Gocatest.Configuration;

/// <summary>Where PostgreSQL is and who we are there.</summary>
internal sealed record DatabaseSettings
{
    /// <summary>A host name, an address, or the folder of a Unix socket.</summary>
    public required string Host { get; init; }

    public required int Port { get; init; }

    public required string User { get; init; }

    public required string Name { get; init; }

    /// <summary>Empty where the server asks for none.</summary>
    public required string Password { get; init; }

    /// <summary>For logs: everything but the password.</summary>
    public override string ToString() => $"{User}@{Host}:{Port}/{Name}";
}
