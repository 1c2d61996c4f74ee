using Lotse.Configuration;
using Lotse.Planning.Planners;
using Lotse.Planning.Steps;

namespace Lotse.Planning.Tests;

/// <summary>Groups of hosts and waves of roles.</summary>
public sealed class BootOrderTests
{
    private static readonly string[] Hosts = ["a", "b", "c", "d", "e"];

    [Theory]
    [InlineData(null, null, "abcde")]
    [InlineData(2, null, "ab cd e")]
    [InlineData(9, null, "abcde")]
    [InlineData(null, 40, "ab cd e")]
    [InlineData(null, 10, "a b c d e")]
    [InlineData(null, 100, "abcde")]
    public void Groups(int? limit, int? percent, string expected)
    {
        var groups = BootOrder.Groups(new BootConfig { Limit = limit, LimitPercent = percent }, Hosts);
        Assert.Equal(expected, string.Join(' ', groups.Select(g => string.Concat(g))));
    }

    [Fact]
    public void No_host_is_no_group() => Assert.Empty(BootOrder.Groups(new BootConfig(), []));

    [Fact]
    public void The_primary_role_goes_first_and_a_renaming_with_its_role() =>
        Assert.Equal("x:rename x:web; y:web | x:jobs", Waves(parallelRoles: false));

    [Fact]
    public void Roles_that_start_side_by_side_are_one_wave_of_more_lanes() =>
        Assert.Equal("x:rename x:web; x:jobs; y:web", Waves(parallelRoles: true));

    private static string Waves(bool parallelRoles)
    {
        PlanStep[] steps =
        [
            new RenameContainer("x", "rename", "other"),
            new StartContainer("x", "web", "1"),
            new StartContainer("x", "jobs", "2"),
            new StartContainer("y", "web", "1"),
        ];
        var waves = BootOrder.Waves(steps, "web", parallelRoles);
        return string.Join(
            " | ",
            waves.Select(w => string.Join("; ", w.Select(lane => string.Join(' ', lane.Select(Text)))))
        );
    }

    private static string Text(PlanStep step) =>
        step is StartContainer start ? $"{step.Host}:{start.Role}" : $"{step.Host}:rename";
}
