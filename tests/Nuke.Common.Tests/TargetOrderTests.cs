using static Nuke.Common.Tests.Trial;

namespace Nuke.Common.Tests;

public sealed class TargetOrderTests
{
    private static void Nothing() { }

    private sealed class Chain : NukeBuild
    {
        Target Deploy => _ => _.DependsOn(Push, Check).Executes(Nothing);

        Target Push => _ => _.DependsOn(Build).Executes(Nothing);

        Target Check => _ => _.DependsOn(Build).Executes(Nothing);

        Target Build => _ => _.Executes(Nothing);

        Target Lint => _ => _.DependentFor(Build).Executes(Nothing);

        Target Unrelated => _ => _.Executes(Nothing);
    }

    [Fact]
    public void What_a_target_depends_on_runs_before_it_once_and_in_the_order_given() =>
        Assert.Equal(["Lint", "Build", "Push", "Check", "Deploy"], Once<Chain>("Deploy").Ran);

    [Fact]
    public void A_target_that_is_dependent_for_another_runs_before_it() =>
        Assert.Equal(["Lint", "Build"], Once<Chain>("Build").Ran);

    [Fact]
    public void Targets_that_nothing_relates_run_in_the_order_they_are_asked_for()
    {
        Assert.Equal(["Lint", "Unrelated"], Once<Chain>("Lint", "Unrelated").Ran);
        Assert.Equal(["Unrelated", "Lint"], Once<Chain>("Unrelated", "Lint").Ran);
    }

    private sealed class Ordered : NukeBuild
    {
        Target First => _ => _.Before(Middle).Executes(Nothing);

        Target Middle => _ => _.Executes(Nothing);

        Target Last => _ => _.After(Middle).Executes(Nothing);
    }

    [Fact]
    public void Before_and_after_order_targets_without_scheduling_them()
    {
        Assert.Equal(["First", "Middle", "Last"], Once<Ordered>("Last", "Middle", "First").Ran);
        Assert.Equal(["Last"], Once<Ordered>("Last").Ran);
    }

    [Fact]
    public void A_target_that_does_not_run_still_orders_two_that_do() =>
        Assert.Equal(["First", "Last"], Once<Ordered>("Last", "First").Ran);

    private sealed class Triggering : NukeBuild
    {
        Target Test => _ => _.Triggers(Report).Executes(Nothing);

        Target Report => _ => _.DependsOn(Render).Executes(Nothing);

        Target Render => _ => _.Executes(Nothing);

        Target Notify => _ => _.TriggeredBy(Report).Executes(Nothing);
    }

    [Fact]
    public void Triggered_targets_run_later_with_all_that_they_need_and_trigger() =>
        Assert.Equal(["Test", "Render", "Report", "Notify"], Once<Triggering>("Test").Ran);

    private sealed class Circle : NukeBuild
    {
        Target One => _ => _.DependsOn(Two);

        Target Two => _ => _.After(Three);

        Target Three => _ => _.TriggeredBy(One);

        Target Fine => _ => _.Executes(Nothing);
    }

    [Fact]
    public void Targets_that_depend_on_each_other_in_a_circle_are_named()
    {
        var result = Once<Circle>("Fine");

        Assert.Equal(-1, result.ExitCode);
        Assert.Contains("Circular dependencies between targets:\n - One -> Two -> Three -> One\n", result.Output);
        Assert.Empty(result.Ran);
    }

    private sealed class Itself : NukeBuild
    {
        Target Narcissus => _ => _.DependsOn(Narcissus);
    }

    [Fact]
    public void A_target_cannot_depend_on_itself() =>
        Assert.Contains("Target 'Narcissus' cannot have a dependency on itself", Once<Itself>("Narcissus").Output);

    private sealed class Stray : NukeBuild
    {
        Target Lost => _ => _.DependsOn(definition => definition.Description("nobody's"));
    }

    [Fact]
    public void A_dependency_on_something_that_is_no_target_is_refused() =>
        Assert.Contains("Target 'Lost' refers to something that is no target", Once<Stray>("Lost").Output);
}
