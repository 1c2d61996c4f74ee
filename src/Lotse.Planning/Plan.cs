using System.Collections.Immutable;
using Lotse.Planning.Steps;

namespace Lotse.Planning;

/// <summary>The parts of a rollout, in order. Only <see cref="Switch"/> touches traffic.</summary>
public enum PlanPhase
{
    /// <summary>Clear away what an interrupted rollout left; network, proxy, accessories; pull the image.</summary>
    Prepare,

    /// <summary>Bring the data up to date, once, on one host.</summary>
    Migrate,

    /// <summary>Start the new containers and wait until each is healthy behind the proxy, without traffic.</summary>
    Stage,

    /// <summary>Move the traffic, on all hosts at once.</summary>
    Switch,

    /// <summary>Drain and stop what served before, and prune.</summary>
    Settle,
}

/// <summary>The ordered, typed steps from the observed state to the release.</summary>
public sealed record Plan
{
    /// <summary>The release that serves when the plan has been carried out.</summary>
    public required Release Release { get; init; }

    /// <summary>The version that serves now, on the first host of the primary role; null when nothing serves.</summary>
    public string? From { get; init; }

    /// <summary>Whether something else than <see cref="From"/> serves somewhere, or nothing: on a host that was skipped, or is new.</summary>
    public bool IsMixed { get; init; }

    /// <summary>Whether it goes back to a release that served before.</summary>
    public bool IsRollback { get; init; }

    /// <summary>The steps of each phase. Steps of one host are in order; hosts do not wait for each other within a phase.</summary>
    public required ImmutableSortedDictionary<PlanPhase, ImmutableArray<PlanStep>> Steps { get; init; }

    /// <summary>What the person should know although the plan does nothing about it: drift, orphans.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];

    /// <summary>Whether there is nothing to do at all.</summary>
    public bool IsEmpty => Steps.Values.All(s => s.IsEmpty);

    /// <summary>Whether a new container is started or traffic is moved: false for a plan that only clears up.</summary>
    public bool ChangesRelease => !this[PlanPhase.Stage].IsEmpty || !this[PlanPhase.Switch].IsEmpty;

    /// <summary>The steps of one phase.</summary>
    public ImmutableArray<PlanStep> this[PlanPhase phase] => Steps.GetValueOrDefault(phase, []);

    /// <summary>The plan as text: a heading for each phase that has steps, a line for each step.</summary>
    public string Describe()
    {
        var lines = new List<string>();
        foreach (var (phase, steps) in Steps.Where(p => !p.Value.IsEmpty))
        {
            lines.Add(phase.ToString().ToLowerInvariant());
            lines.AddRange(steps.Select(s => $"  [{s.Host}] {s.Describe()}"));
        }

        lines.AddRange(Notes.Select(n => $"note: {n}"));
        return string.Join('\n', lines);
    }
}
