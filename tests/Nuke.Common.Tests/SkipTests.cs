using Serilog;
using static Nuke.Common.Tests.Trial;

namespace Nuke.Common.Tests;

public sealed class SkipTests
{
    private sealed class Build : NukeBuild
    {
        private bool isDirty;

        Target Restore => _ => _.Executes(() => Log.Information("restore"));

        Target Compile => _ => _.DependsOn(Restore).Executes(() => isDirty = true);

        Target Test => _ => _.DependsOn(Compile).Executes(() => Log.Information("test"));

        Target Static =>
            _ => _.DependsOn(Restore).OnlyWhenStatic(() => isDirty).Executes(() => Log.Information("static"));

        Target Eager =>
            _ =>
                _.DependsOn(Restore)
                    .OnlyWhenStatic(() => isDirty)
                    .WhenSkipped(DependencyBehavior.Execute)
                    .Executes(() => Log.Information("eager"));

        Target Dynamic =>
            _ => _.DependsOn(Compile).OnlyWhenDynamic(() => isDirty).Executes(() => Log.Information("dynamic"));

        Target Clean =>
            _ =>
                _.DependsOn(Compile)
                    .OnlyWhenDynamic(() => !isDirty)
                    .Triggers(Report)
                    .Executes(() => Log.Information("clean"));

        Target Report => _ => _.Executes(() => Log.Information("report"));

        Target Broken => _ => _.OnlyWhenDynamic(() => int.Parse("x", null) > 0).Executes(() => Log.Information("no"));

        Target Both => _ => _.DependsOn(Static).DependsOn(Test);
    }

    [Fact]
    public void Skip_names_targets_to_leave_out_with_what_only_they_need()
    {
        var result = Once<Build>("Test", "--skip", "compile");

        Assert.Equal(["Test"], result.Ran);
        Assert.Equal("Compile Skipped // Skipped: via parameter", result.Row("Compile"));
        Assert.Equal("Restore Skipped // Skipped: because of Compile", result.Row("Restore"));
    }

    [Fact]
    public void Skip_without_names_leaves_out_everything_that_was_not_asked_for() =>
        Assert.Equal(["Test"], Once<Build>("Test", "--skip").Ran);

    [Fact]
    public void What_another_target_needs_is_not_left_out() =>
        Assert.Equal(["Restore", "Compile", "Test"], Once<Build>("Both").Ran);

    [Fact]
    public void A_false_static_condition_skips_the_target_and_its_dependencies()
    {
        var result = Once<Build>("Static");

        Assert.Empty(result.Ran);
        Assert.Equal(0, result.ExitCode);
        Assert.Equal("Static Skipped // OnlyWhen: isDirty", result.Row("Static"));
        Assert.Equal("Restore Skipped // Skipped: because of Static", result.Row("Restore"));
    }

    [Fact]
    public void Dependencies_of_a_skipped_target_can_run_all_the_same() =>
        Assert.Equal(["Restore"], Once<Build>("Eager").Ran);

    [Fact]
    public void A_dynamic_condition_is_asked_at_the_turn_of_its_target() =>
        Assert.Equal(["Restore", "Compile", "Dynamic"], Once<Build>("Dynamic").Ran);

    [Fact]
    public void A_target_skipped_at_its_turn_triggers_nothing()
    {
        var result = Once<Build>("Clean");

        Assert.Equal(["Restore", "Compile"], result.Ran);
        Assert.Equal("Clean Skipped // OnlyWhen: !isDirty", result.Row("Clean"));
        Assert.Equal("Report Skipped // Skipped: because of Clean", result.Row("Report"));
    }

    [Fact]
    public void A_condition_that_throws_fails_the_build_and_is_named()
    {
        var result = Once<Build>("Broken");

        Assert.Equal(-1, result.ExitCode);
        Assert.Contains("[ERR] The condition 'int.Parse(\"x\", null) > 0' of Broken failed", result.Output);
    }
}
