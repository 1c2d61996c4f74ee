using System.Collections.Immutable;
using Lotse.Planning.Steps;

namespace Lotse.Planning.Planners;

/// <summary>Collects the steps of a plan by phase.</summary>
internal sealed class PlanSteps
{
    private readonly SortedDictionary<PlanPhase, List<PlanStep>> phases = [];
    private readonly Dictionary<(string Host, string Name), string> renamed = [];

    /// <summary>What the person should know.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>All steps.</summary>
    public IEnumerable<PlanStep> All => phases.Values.SelectMany(s => s);

    public void Add(PlanPhase phase, PlanStep step)
    {
        if (!phases.TryGetValue(phase, out var steps))
        {
            phases[phase] = steps = [];
        }

        // Two roles of one host want the same image: one pull serves both.
        if (step is not PullImage || !steps.Contains(step))
        {
            steps.Add(step);
        }

        if (step is RenameContainer rename)
        {
            renamed[(rename.Host, rename.From)] = rename.To;
        }
    }

    /// <summary>What a container is called once the plan's renames are done.</summary>
    public string NameNow(string host, string name) => renamed.GetValueOrDefault((host, name), name);

    public ImmutableSortedDictionary<PlanPhase, ImmutableArray<PlanStep>> ToPhases() =>
        phases.ToImmutableSortedDictionary(p => p.Key, p => p.Value.ToImmutableArray());
}
