using System.Globalization;
using System.Text;

namespace Lotse.Testing.Load;

/// <summary>The version that answers changed.</summary>
/// <param name="Offset">When the first answer of the new version came, after the start of the load.</param>
/// <param name="From">Before; null for the first version seen.</param>
/// <param name="To">From now on.</param>
public sealed record VersionChange(TimeSpan Offset, string? From, string To);

/// <summary>What clients met with.</summary>
public sealed record LoadReport
{
    /// <summary>Requests that came to an end, well or badly; of a WebSocket the opening, each message and the close.</summary>
    public required long Requests { get; init; }

    /// <summary>Those that ended badly.</summary>
    public required long Failed { get; init; }

    /// <summary>The first fifty of them.</summary>
    public required IReadOnlyList<LoadFailure> Failures { get; init; }

    /// <summary>Requests by what the client was doing.</summary>
    public required IReadOnlyDictionary<LoadKind, long> ByLoad { get; init; }

    /// <summary>Good answers by version.</summary>
    public required IReadOnlyDictionary<string, long> ByVersion { get; init; }

    /// <summary>
    /// Every change of version, the first one seen included. An answer to a request that began before the change was seen
    /// is no change back: requests overlap.
    /// </summary>
    public required IReadOnlyList<VersionChange> VersionChanges { get; init; }

    /// <summary>WebSockets that the server closed properly (1000 or 1001).</summary>
    public required long WebSocketsClosedByServer { get; init; }

    /// <summary>How long the load ran.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>The longest that a short request took.</summary>
    public required TimeSpan SlowestShortRequest { get; init; }

    /// <summary>The load ended by itself: whatever happened after <see cref="Duration"/> was not observed.</summary>
    public required bool ReachedMaxDuration { get; init; }

    /// <summary>The versions in the order in which they answered.</summary>
    public IReadOnlyList<string> Versions => [.. VersionChanges.Select(change => change.To)];

    /// <summary>Fails the test unless no request failed, every kind of client that there was got answers, and the load ran
    /// until it was stopped.</summary>
    public void AssertNothingFailed()
    {
        Assert.True(Failed == 0, ToString());
        Assert.False(ReachedMaxDuration, $"The load ended before it was stopped. {this}");
        Assert.True(ByLoad.Count > 0 && ByLoad.Values.All(count => count > 0), $"Not every client got answers. {this}");
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = new StringBuilder();
        var culture = CultureInfo.InvariantCulture;
        text.Append(culture, $"{Requests} requests, {Failed} failed, in {Duration.TotalSeconds:0.0} s");
        text.Append(culture, $" (slowest short one {SlowestShortRequest.TotalMilliseconds:0} ms); ");
        text.AppendJoin(", ", ByLoad.Select(load => $"{load.Key} {load.Value}"));
        text.Append("; ").AppendJoin(", ", ByVersion.Select(version => $"{version.Key}: {version.Value}"));
        foreach (var change in VersionChanges)
        {
            text.Append(
                culture,
                $"\n  {change.Offset.TotalSeconds:0.000} s: {change.From ?? "nothing"} -> {change.To}"
            );
        }

        foreach (var failure in Failures)
        {
            text.Append(culture, $"\n  {failure}");
        }

        return text.ToString();
    }
}
