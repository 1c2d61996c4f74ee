using System.Collections.Immutable;
using Lotse.Configuration;
using Lotse.Planning.Steps;

namespace Lotse.Planning.Planners;

/// <summary>In which order hosts and roles start their new containers. Pure.</summary>
public static class BootOrder
{
    /// <summary>
    /// The hosts in groups that start one after the other, as <c>boot.limit</c> says: at most so many hosts, or so many percent of all of them
    /// (rounded down, but at least one). Without a limit there is one group.
    /// </summary>
    public static ImmutableArray<ImmutableArray<string>> Groups(BootConfig boot, IReadOnlyCollection<string> hosts)
    {
        var size = boot switch
        {
            { Limit: { } count } => count,
            { LimitPercent: { } percent } => Math.Max(1, hosts.Count * percent / 100),
            _ => Math.Max(1, hosts.Count),
        };
        return [.. hosts.Chunk(size).Select(group => group.ToImmutableArray())];
    }

    /// <summary>
    /// Steps in waves that go one after the other: the primary role's, then all others'; or all in one wave when roles start side by side.
    /// Each wave has lanes, whose steps are in order and which do not wait for each other.
    /// </summary>
    public static ImmutableArray<ImmutableArray<ImmutableArray<PlanStep>>> Waves(
        IReadOnlyList<PlanStep> steps,
        string primaryRole,
        bool parallelRoles
    )
    {
        var roles = RolesOf(steps);
        var byRole = steps.Zip(roles, (step, role) => (Step: step, Role: role)).ToList();
        return
        [
            .. byRole
                .GroupBy(s => !parallelRoles && s.Role != primaryRole)
                .OrderBy(wave => wave.Key)
                .Select(wave => Lanes(wave, parallelRoles)),
        ];
    }

    private static ImmutableArray<ImmutableArray<PlanStep>> Lanes(
        IEnumerable<(PlanStep Step, string? Role)> wave,
        bool parallelRoles
    ) =>
        [
            .. wave.GroupBy(s => (s.Step.Host, Role: parallelRoles ? s.Role : null))
                .Select(lane => lane.Select(s => s.Step).ToImmutableArray()),
        ];

    /// <summary>The role of each step; one that has none, such as a renaming, goes before the one that follows it.</summary>
    private static string?[] RolesOf(IReadOnlyList<PlanStep> steps)
    {
        var roles = new string?[steps.Count];
        string? next = null;
        for (var i = steps.Count - 1; i >= 0; i--)
        {
            next = RoleOf(steps[i]) ?? next;
            roles[i] = next;
        }

        return roles;
    }

    private static string? RoleOf(PlanStep step) =>
        step switch
        {
            CreateContainer create => create.Role,
            StartContainer start => start.Role,
            RestartContainer restart => restart.Role,
            StageTarget stage => stage.Role,
            AwaitRunning running => running.Role,
            _ => null,
        };
}
