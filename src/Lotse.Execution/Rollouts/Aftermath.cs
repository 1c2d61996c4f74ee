using System.Collections.Immutable;
using Lotse.Planning;

namespace Lotse.Execution.Rollouts;

/// <summary>What a rollout that was taken back did to the traffic.</summary>
public enum TrafficMove
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A host was told to move it, and its answer was lost.</summary>
    Perhaps,

    /// <summary>It moved, on one host at least.</summary>
    Moved,
}

/// <summary>What is known of a host after a rollout was taken back.</summary>
/// <param name="Host">The host's configured name.</param>
/// <param name="Left">What could not be taken back on it, in words.</param>
/// <param name="IsOutOfReach">Whether it gave no answer at last.</param>
/// <param name="MayServeNew">Whether its traffic may have moved, and was not seen to move back.</param>
public sealed record HostAfter(string Host, ImmutableArray<string> Left, bool IsOutOfReach, bool MayServeNew);

/// <summary>What is known of all hosts after a rollout was taken back, and how a person is told: what was not seen is not said. Pure.</summary>
public sealed record Aftermath
{
    /// <summary>What was to be done.</summary>
    public required Plan Plan { get; init; }

    /// <summary>The hosts.</summary>
    public required ImmutableArray<HostAfter> Hosts { get; init; }

    /// <summary>What became of the traffic meanwhile.</summary>
    public TrafficMove Move { get; init; }

    /// <summary>Whether something that requests depend on was replaced: an edge proxy, an accessory.</summary>
    public bool IsDisturbed { get; init; }

    /// <summary>Whether another deployer took over: what it does is not known here.</summary>
    public bool IsTakenOver { get; init; }

    /// <summary>What is left of what was begun, and what serves now, a line for each fact.</summary>
    public IEnumerable<string> Describe() =>
        IsTakenOver
            ? [.. Left(), "Another deployer is at work: Status shows what serves."]
            : [.. Left(), .. Serving(), .. Unsure(), .. Cure()];

    private string Before => Plan.IsMixed ? "what served before" : Plan.From!;

    private List<HostAfter> Known => [.. Hosts.Where(h => h is { IsOutOfReach: false, MayServeNew: false })];

    private IEnumerable<HostAfter> Unknown => Hosts.Except(Known);

    private IEnumerable<string> Left()
    {
        if (Hosts.Any(h => h.Left.Length > 0))
        {
            return Hosts.SelectMany(h => h.Left);
        }

        return Hosts.Any(h => h.IsOutOfReach)
            ? ["What was started is removed from every host that could be reached."]
            : ["What was started is removed."];
    }

    private IEnumerable<string> Serving()
    {
        if (Known.Count == 0)
        {
            yield break;
        }

        var others = string.Join(", ", Unknown.Select(h => h.Host));
        if (Plan.From is null)
        {
            var anywhere = others.Length == 0 ? "" : $" on any other host than {others}";
            yield return $"Nothing served before, and nothing serves now{anywhere}.";
            yield break;
        }

        var where = others.Length == 0 ? "on every host" : $"on every other host than {others}";
        var dropped = Move == TrafficMove.None && !IsDisturbed ? "; no request was dropped" : "";
        var there = dropped.Length > 0 && others.Length > 0 ? " there" : "";
        yield return $"{Capital(Before)} {Verb}, {where}{dropped}{there}.";
    }

    private string Verb =>
        Move switch
        {
            TrafficMove.None => "serves on",
            TrafficMove.Perhaps => "serves",
            _ => "serves again",
        };

    private IEnumerable<string> Unsure() =>
        Unknown.Select(h =>
            h switch
            {
                { IsOutOfReach: false } =>
                    $"{h.Host}: its traffic could not be moved back. It may serve {Plan.Release.Version} until the next deploy.",
                { MayServeNew: true } =>
                    $"{h.Host}: unknown, it cannot be reached since the switch. It may serve {Plan.Release.Version} until the next deploy.",
                _ when Plan.From is null => $"{h.Host}: unknown, it cannot be reached. It had not begun to serve.",
                _ =>
                    $"{h.Host}: unknown, it cannot be reached. Its traffic was not moved: if it serves, it is {Before}.",
            }
        );

    private IEnumerable<string> Cure() =>
        Hosts.All(h => h is { IsOutOfReach: false, Left.Length: 0 })
            ? []
            : ["Status shows what serves; the next deploy clears up what is left."];

    private static string Capital(string text) => text == "what served before" ? "What served before" : text;
}
