using System.Collections.Concurrent;
using Lotse.Execution.Ports;

namespace Lotse.Execution.Rollouts;

/// <summary>Hosts that do not answer while a rollout is taken back, and since when.</summary>
/// <param name="patience">How long one is waited for; infinite for as long as taking back may take.</param>
/// <param name="time">The clock.</param>
internal sealed class Outages(TimeSpan patience, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Outage> hosts = new();

    /// <summary>How a host failed that is not waited for any longer; null for any other host.</summary>
    public HostException? GivenUp(string host) =>
        hosts.TryGetValue(host, out var outage) && outage.IsOver ? outage.Last : null;

    /// <summary>How a host last failed; null when it answers.</summary>
    public HostException? LastOf(string host) => hosts.GetValueOrDefault(host)?.Last;

    /// <summary>It answers again.</summary>
    public void End(string host) => hosts.TryRemove(host, out _);

    /// <summary>It did not answer.</summary>
    /// <param name="failure">How it failed.</param>
    /// <param name="asked">When it was asked, as a timestamp of the clock.</param>
    /// <returns>Whether it is worth while to try again.</returns>
    public bool Take(HostException failure, long asked)
    {
        var before = hosts.GetValueOrDefault(failure.Host);
        var since = before?.Since ?? asked;
        // A connection that broke may be there again at once: one more try is always worth while.
        var isBreak = before is null && failure.Failure == HostFailure.Unreachable;
        var isOver = !isBreak && patience != Timeout.InfiniteTimeSpan && time.GetElapsedTime(since) >= patience;
        hosts[failure.Host] = new Outage(since, failure, isOver);
        return !isOver;
    }

    private sealed record Outage(long Since, HostException Last, bool IsOver);
}
