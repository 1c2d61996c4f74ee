using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Lotse.Proxy.Contract;

/// <summary>Why a health probe did not succeed.</summary>
public enum ProbeFault
{
    /// <summary>It did.</summary>
    None,

    /// <summary>The status was not 2xx.</summary>
    Status,

    /// <summary>Nothing listened on the port.</summary>
    ConnectionRefused,

    /// <summary>No answer in time.</summary>
    Timeout,

    /// <summary>The target's name did not resolve.</summary>
    NameNotFound,

    /// <summary>The connection ended before an answer, or the answer was no HTTP.</summary>
    Protocol,
}

/// <summary>What the last of a target's health probes found.</summary>
public sealed record ProbeReport
{
    /// <summary>The URL.</summary>
    public required string Url { get; init; }

    /// <summary>How often it was asked.</summary>
    public int Attempts { get; init; }

    /// <summary>The answer's status; null when there was none.</summary>
    public int? Status { get; init; }

    /// <summary>The first characters of the answer's body; null when there was none.</summary>
    public string? BodyStart { get; init; }

    /// <summary>Why it did not succeed.</summary>
    public ProbeFault Fault { get; init; }

    /// <summary>The same in the system's own words.</summary>
    public string FaultText { get; init; } = "";

    /// <summary>When the probe ended; null when none has.</summary>
    public DateTimeOffset? LastAt { get; init; }
}

/// <summary>The answer to <c>stage</c> and <c>deploy</c>.</summary>
public sealed record StageResult
{
    /// <summary>Whether the target is healthy.</summary>
    public bool Healthy { get; init; }

    /// <summary>Whether the staging was ended by <c>abort</c> or by another one before it was decided.</summary>
    public bool Aborted { get; init; }

    /// <summary>What the probes found.</summary>
    public required ProbeReport Probe { get; init; }
}

/// <summary>The answer to <c>switch</c> and <c>revert</c>.</summary>
/// <param name="From">The target that had the traffic; null when none had.</param>
/// <param name="To">The target that has it now; null when none has.</param>
public sealed record SwitchResult(string? From, string? To);

/// <summary>The answer to <c>drain</c>, <c>pause</c> and <c>stop</c>.</summary>
/// <param name="Target">The target that was drained; null when there was none.</param>
/// <param name="CutOff">How many requests were cut off at the timeout.</param>
public sealed record DrainResult(string? Target, int CutOff);

/// <summary>The answer to <c>list</c>.</summary>
/// <param name="Services">All services, by name.</param>
public sealed record ListResult(ImmutableArray<ServiceReport> Services);

/// <summary>What becomes of a service's requests.</summary>
public enum ServiceMode
{
    /// <summary>They are forwarded.</summary>
    Running,

    /// <summary>They wait.</summary>
    Paused,

    /// <summary>They are answered with 503.</summary>
    Stopped,
}

/// <summary>One service.</summary>
public sealed record ServiceReport
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its host names; empty for any.</summary>
    public ImmutableArray<string> Hosts { get; init; } = [];

    /// <summary>Its path prefixes; empty for all.</summary>
    public ImmutableArray<string> PathPrefixes { get; init; } = [];

    /// <summary>What becomes of its requests. Default: they are forwarded.</summary>
    public ServiceMode Mode { get; init; }

    /// <summary>The target that has the traffic; null when none has.</summary>
    public TargetReport? Active { get; init; }

    /// <summary>The target whose health a <c>stage</c> waits for right now; null when none does.</summary>
    public TargetReport? Probing { get; init; }

    /// <summary>The target that is staged: healthy, and without traffic. Null when none is.</summary>
    public TargetReport? Staged { get; init; }

    /// <summary>The target that had the traffic before; null when there is none, or it is drained.</summary>
    public TargetReport? Previous { get; init; }
}

/// <summary>What the probes of a target found since it has the traffic. They change nothing: they tell.</summary>
public sealed record HealthReport
{
    /// <summary>Whether the last probe succeeded.</summary>
    public bool Healthy { get; init; }

    /// <summary>How many probes there were.</summary>
    public long Probes { get; init; }

    /// <summary>How many of them did not succeed.</summary>
    public long Failures { get; init; }

    /// <summary>What the last one found.</summary>
    public required ProbeReport Last { get; init; }
}

/// <summary>One target and its counters since it was staged or restored.</summary>
public sealed record TargetReport
{
    /// <summary>The target, <c>host:port</c>.</summary>
    public required string Target { get; init; }

    /// <summary>When it was staged, or taken back from the state at the proxy's start.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>Requests that were assigned to it.</summary>
    public long Requests { get; init; }

    /// <summary>Answers with 5xx, the proxy's own 502 and 504 included, and answers that broke off.</summary>
    public long Errors { get; init; }

    /// <summary>Those of the errors where the target could not be connected to.</summary>
    public long ConnectErrors { get; init; }

    /// <summary>What its health probes find since it has the traffic; null before the first of them.</summary>
    public HealthReport? Health { get; init; }

    /// <summary>Requests in flight.</summary>
    public int InFlight { get; init; }
}

/// <summary>The answer to <c>version</c>.</summary>
/// <param name="Version">The version.</param>
public sealed record VersionResult(string Version);

/// <summary>The answer to <c>sockets</c>.</summary>
/// <param name="Listening">The listening sockets, the engine's own name server left out.</param>
public sealed record SocketsResult(ImmutableArray<ListeningSocket> Listening);

/// <summary>A TCP socket that listens.</summary>
/// <param name="Address">The address: <c>0.0.0.0</c> and <c>::</c> for all.</param>
/// <param name="Port">The port.</param>
public sealed record ListeningSocket(string Address, int Port);

/// <summary>The answer of a command that did not work.</summary>
/// <param name="Error">What is wrong and what to do, in a sentence or two.</param>
public sealed record ErrorResult(string Error);

/// <summary>A command on its way to the running proxy.</summary>
/// <param name="Arguments">Its argv.</param>
public sealed record CommandRequest(ImmutableArray<string> Arguments);

/// <summary>Serialisation without reflection, so that the proxy can be compiled ahead of time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true
)]
[JsonSerializable(typeof(StageResult))]
[JsonSerializable(typeof(SwitchResult))]
[JsonSerializable(typeof(DrainResult))]
[JsonSerializable(typeof(ListResult))]
[JsonSerializable(typeof(SocketsResult))]
[JsonSerializable(typeof(VersionResult))]
[JsonSerializable(typeof(ErrorResult))]
[JsonSerializable(typeof(CommandRequest))]
public sealed partial class ContractJson : JsonSerializerContext;
