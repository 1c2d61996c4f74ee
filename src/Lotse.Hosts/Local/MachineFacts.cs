using System.Collections.Immutable;

namespace Lotse.Hosts.Local;

/// <summary>The operating systems that are told apart.</summary>
internal enum HostSystem
{
    Linux,
    MacOs,
    Windows,
}

/// <summary>All that the bootstrap's decision depends on.</summary>
internal sealed record MachineFacts
{
    public required HostSystem System { get; init; }

    /// <summary>os-release's ID and ID_LIKE, the former first; empty outside of Linux.</summary>
    public ImmutableArray<string> Distribution { get; init; } = [];

    public bool IsRoot { get; init; }

    public string User { get; init; } = "";

    /// <summary>Whether systemd is process 1.</summary>
    public bool Systemd { get; init; }

    /// <summary>Whether apt-get is there.</summary>
    public bool Apt { get; init; }

    /// <summary>The path of dockerd, or of Docker Desktop; null when it is not installed.</summary>
    public string? Installed { get; init; }

    /// <summary>The id of the dockerd that owns the pid file and lives; null when there is none.</summary>
    public int? EngineProcess { get; init; }

    /// <summary>The group that owns a socket which may not be opened; null when not known.</summary>
    public string? SocketGroup { get; init; }

    /// <summary>Whether the user database puts this user into that group (this login may be older than that).</summary>
    public bool IsGroupMember { get; init; }

    /// <summary>What was found at each address, in the order of preference; the search ends at the first that answers.</summary>
    public ImmutableArray<ProbedEngine> Engines { get; init; } = [];

    public bool IsDebian => Distribution.Any(id => id is "debian" or "ubuntu");
}

/// <summary>An address at which an engine may be.</summary>
/// <param name="Address">The address as given.</param>
/// <param name="Origin">Where it came from, in words.</param>
/// <param name="Named">Whether the user named this one, so that no other may be taken in its place.</param>
internal sealed record EngineCandidate(string Address, string Origin, bool Named = false);

/// <summary>What came of asking at an address.</summary>
/// <param name="Candidate">The address.</param>
/// <param name="Outcome">The kind of answer.</param>
/// <param name="Detail">The system's words for it, or what the engine calls itself.</param>
/// <param name="ApiVersion">The newest API version, of an engine that answers.</param>
internal sealed record ProbedEngine(
    EngineCandidate Candidate,
    ProbeOutcome Outcome,
    string Detail = "",
    Version? ApiVersion = null
)
{
    public string Describe() =>
        $"{Candidate.Address} ({Candidate.Origin}): "
        + Outcome switch
        {
            ProbeOutcome.Answers => $"{Detail} answers, API {ApiVersion}",
            ProbeOutcome.Absent => "not there",
            ProbeOutcome.NoPermission => "permission denied",
            ProbeOutcome.Silent => $"does not answer: {Detail}",
            ProbeOutcome.NotAnEngine => $"answers, but not as an engine: {Detail}",
            _ => Detail,
        };
}

/// <summary>Kinds of answers.</summary>
internal enum ProbeOutcome
{
    Answers,
    Absent,
    NoPermission,
    Silent,
    NotAnEngine,
    Unusable,
}
