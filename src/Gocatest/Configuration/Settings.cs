using System.Net;

namespace Gocatest.Configuration;

/// <summary>Everything the process is told from outside, valid.</summary>
internal sealed record Settings
{
    /// <summary>0 takes any free port.</summary>
    public required int FrontendPort { get; init; }

    /// <summary>0 takes any free port.</summary>
    public required int BackendPort { get; init; }

    /// <summary>Null listens on every address of the machine.</summary>
    public IPAddress? Address { get; init; }

    public required string Version { get; init; }

    public required string Host { get; init; }

    public required string Container { get; init; }

    public required DatabaseSettings Database { get; init; }

    /// <summary>Notes that one client may leave in a minute; 0 lifts the limit.</summary>
    public required int NotesPerMinute { get; init; }
}
