namespace Lotse.Execution.Ports;

/// <summary>Finds this machine's container engine and, where that is possible and allowed, installs and starts one.</summary>
public interface IEngineBootstrap
{
    /// <summary>
    /// Returns an engine that answers. Nothing is changed on the machine when one does already.
    /// Throws <see cref="EngineUnavailableException"/> when there is none and none can be started.
    /// </summary>
    Task<EngineEndpoint> EnsureAsync(IProgress<EngineProgress>? progress, CancellationToken cancellation);
}

/// <summary>An engine that answers, and how it was found.</summary>
public sealed record EngineEndpoint
{
    /// <summary>Its address: <c>unix:///…</c>, <c>npipe://./pipe/…</c> or <c>tcp://host:port</c>.</summary>
    public required Uri Address { get; init; }

    /// <summary>Where the address came from, in words (<c>DOCKER_HOST</c>, <c>the default socket</c>).</summary>
    public required string Origin { get; init; }

    /// <summary>The newest Engine API version it speaks, for example 1.41.</summary>
    public required Version ApiVersion { get; init; }

    /// <summary>What the engine calls itself, for example <c>Docker/20.10.24 (linux)</c>; empty when it does not say.</summary>
    public string Server { get; init; } = "";

    /// <summary>Whether this call started it.</summary>
    public bool Started { get; init; }

    /// <summary>Whether this call installed it.</summary>
    public bool Installed { get; init; }
}

/// <summary>One thing the bootstrap does to the machine, as it happens.</summary>
/// <param name="Phase">What is going on.</param>
/// <param name="Message">One plain sentence, or one line of the tool's own output when <paramref name="Detail"/> is set.</param>
/// <param name="Detail">Whether this is a tool's output, of interest only to who asked for verbose output.</param>
public sealed record EngineProgress(EnginePhase Phase, string Message, bool Detail = false);

/// <summary>The bootstrap's phases.</summary>
public enum EnginePhase
{
    /// <summary>Another run is at it; this one waits for its end.</summary>
    Waiting,

    /// <summary>Packages are being installed.</summary>
    Installing,

    /// <summary>The engine is being started.</summary>
    Starting,

    /// <summary>The engine answers.</summary>
    Ready,
}

/// <summary>Why there is no engine to work with.</summary>
public enum EngineProblem
{
    /// <summary>No engine is installed, and this user or system does not let Lotse install one.</summary>
    NotInstalled,

    /// <summary>An engine is installed but does not run, and this user may not start it.</summary>
    NotRunning,

    /// <summary>An engine's socket is there, but this user may not open it.</summary>
    NoPermission,

    /// <summary>An engine was named (DOCKER_HOST or a Docker context) and does not answer.</summary>
    NamedEngineSilent,

    /// <summary>The address given is not one that can be used here.</summary>
    UnusableAddress,

    /// <summary>The engine speaks only an API that is too old.</summary>
    TooOld,

    /// <summary>Installing the packages failed.</summary>
    InstallFailed,

    /// <summary>The engine was started and ended, or did not answer in time.</summary>
    StartFailed,
}

/// <summary>There is no engine to work with: what was found, and what to do about it on this system.</summary>
/// <param name="problem">The kind of problem.</param>
/// <param name="fact">What is wrong, in one sentence.</param>
/// <param name="evidence">What was tried and seen, one item a line; a tool's last output lines among it.</param>
/// <param name="cure">What the person can do, with the exact commands where there are any.</param>
public sealed class EngineUnavailableException(
    EngineProblem problem,
    string fact,
    IReadOnlyList<string> evidence,
    string cure
) : Exception(Compose(fact, evidence, cure))
{
    /// <summary>The kind of problem.</summary>
    public EngineProblem Problem { get; } = problem;

    /// <summary>What was tried and seen.</summary>
    public IReadOnlyList<string> Evidence { get; } = evidence;

    /// <summary>What the person can do.</summary>
    public string Cure { get; } = cure;

    private static string Compose(string fact, IReadOnlyList<string> evidence, string cure) =>
        string.Join('\n', [fact, .. evidence.Select(line => $"  {line}"), $"  → {cure.Replace("\n", "\n    ")}"]);
}
