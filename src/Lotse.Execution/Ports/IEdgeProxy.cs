using System.Collections.Immutable;
using Lotse.Planning.Observed;
using Lotse.Planning.Steps;

namespace Lotse.Execution.Ports;

/// <summary>Drives the edge proxy of one host.</summary>
public interface IEdgeProxy
{
    /// <summary>Waits until a proxy that was just started answers commands.</summary>
    Task AwaitReadyAsync(CancellationToken cancellation);

    /// <summary>What the proxy routes now.</summary>
    Task<ImmutableArray<ProxiedService>> ListAsync(CancellationToken cancellation);

    /// <summary>Puts a target behind the proxy, without traffic, and waits until it is healthy or the deploy timeout is over.</summary>
    Task<StageOutcome> StageAsync(ProxyRoute route, string target, CancellationToken cancellation);

    /// <summary>Moves the traffic to this target, which must be what is staged.</summary>
    /// <exception cref="HostException">Another one is staged, or none.</exception>
    Task SwitchAsync(string service, string target, CancellationToken cancellation);

    /// <summary>Moves the traffic from this target, which must have it, back to the previous one; a service that had none goes away.</summary>
    /// <exception cref="HostException">Another one has the traffic, or the switch to it cannot be taken back.</exception>
    Task RevertAsync(string service, string target, CancellationToken cancellation);

    /// <summary>Forgets what is staged: this target alone, any when it is null.</summary>
    Task AbortAsync(string service, string? target, CancellationToken cancellation);

    /// <summary>
    /// Waits until the in-flight requests of the target before this one, which must have the traffic (any when it is null), have ended; returns how many were cut off at the
    /// timeout.
    /// </summary>
    /// <exception cref="HostException">Another target has the traffic.</exception>
    Task<int> DrainAsync(string service, string? target, TimeSpan timeout, CancellationToken cancellation);

    /// <summary>
    /// Lets the service's requests wait, each for at most <paramref name="maxPause"/>, until it is resumed; the proxy remembers it over restarts and
    /// deploys. Requests in flight end within <paramref name="drainTimeout"/>; returns how many were cut off then.
    /// </summary>
    Task<int> PauseAsync(string service, TimeSpan drainTimeout, TimeSpan maxPause, CancellationToken cancellation);

    /// <summary>
    /// Answers the service's requests with 503 and a page with the message (plain text; empty for the proxy's own sentence) until it is resumed; the proxy
    /// remembers it over restarts and deploys. Requests in flight end within <paramref name="drainTimeout"/>; returns how many were cut off then.
    /// </summary>
    Task<int> StopAsync(string service, TimeSpan drainTimeout, string message, CancellationToken cancellation);

    /// <summary>Forwards the service's requests again; a service that runs is fine.</summary>
    Task ResumeAsync(string service, CancellationToken cancellation);

    /// <summary>Removes the service.</summary>
    Task RemoveAsync(string service, CancellationToken cancellation);
}

/// <summary>What came of staging a target.</summary>
public sealed record StageOutcome
{
    /// <summary>Whether the target is healthy.</summary>
    public required bool Healthy { get; init; }

    /// <summary>The URL that was probed.</summary>
    public string ProbeUrl { get; init; } = "";

    /// <summary>How often it was probed.</summary>
    public int Attempts { get; init; }

    /// <summary>The last answer's status; null when there was no answer.</summary>
    public int? Status { get; init; }

    /// <summary>The start of the last answer's body; null when there was none.</summary>
    public string? BodyStart { get; init; }

    /// <summary>Why there was no healthy answer, by kind.</summary>
    public ProbeFailure Failure { get; init; }

    /// <summary>The same in the system's own words.</summary>
    public string FailureText { get; init; } = "";
}

/// <summary>Why a health probe did not succeed.</summary>
public enum ProbeFailure
{
    /// <summary>It did.</summary>
    None,

    /// <summary>The answer's status was not 2xx.</summary>
    Status,

    /// <summary>Nothing listened on the port.</summary>
    ConnectionRefused,

    /// <summary>No answer in time.</summary>
    Timeout,

    /// <summary>The container's name did not resolve.</summary>
    NameNotFound,

    /// <summary>The connection ended before an answer, or what came was no HTTP.</summary>
    Protocol,
}
