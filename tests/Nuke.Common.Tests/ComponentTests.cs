using Serilog;
using static Nuke.Common.Tests.Trial;

namespace Nuke.Common.Tests;

public sealed class ComponentTests
{
    private interface ICompile : INukeBuild
    {
        Target Compile => _ => _.Executes(() => Log.Information("component compiles"));
    }

    private interface ITest : ICompile
    {
        Target Test => _ => _.DependsOn<ICompile>().Executes(() => Log.Information("component tests"));
    }

    private interface ITwoTargets : INukeBuild
    {
        Target Left => _ => _.Executes(() => Log.Information("left"));

        Target Right => _ => _.Executes(() => Log.Information("right"));
    }

    private sealed class Plain : NukeBuild, ITest, ITwoTargets
    {
        Target All => _ => _.DependsOn<ITest>(x => x.Test).DependsOn<ITwoTargets>(x => x.Right, x => x.Left);
    }

    [Fact]
    public void Targets_of_interfaces_belong_to_the_build() =>
        Assert.Equal(["component compiles", "component tests"], Once<Plain>("Test").Logged);

    [Fact]
    public void Targets_of_components_are_named_by_expressions() =>
        Assert.Equal(["Compile", "Test", "Right", "Left"], Once<Plain>("All").Ran);

    private sealed class Overriding : NukeBuild, ITest
    {
        Target ICompile.Compile =>
            _ => _.Inherit<ICompile>().Executes(() => Log.Information("build compiles")).Description("both");
    }

    [Fact]
    public void An_override_inherits_the_actions_of_the_component_first() =>
        Assert.Equal(["component compiles", "build compiles", "component tests"], Once<Overriding>("Test").Logged);

    private sealed class Replacing : NukeBuild, ITest
    {
        public Target Compile => _ => _.Executes(() => Log.Information("build alone"));
    }

    [Fact]
    public void A_property_of_the_build_replaces_that_of_the_component() =>
        Assert.Equal(["build alone", "component tests"], Once<Replacing>("Test").Logged);

    private interface ISpecialCompile : ICompile
    {
        Target ICompile.Compile => _ => _.Inherit<ICompile>(x => x.Compile).Executes(() => Log.Information("special"));
    }

    private sealed class Special : NukeBuild, ISpecialCompile;

    [Fact]
    public void A_component_can_override_the_target_of_another() =>
        Assert.Equal(["component compiles", "special"], Once<Special>("Compile").Logged);

    private abstract class BaseBuild : NukeBuild
    {
        protected virtual Target Pack => _ => _.Executes(() => Log.Information("base packs"));
    }

    private abstract class MiddleBuild : BaseBuild
    {
        protected override Target Pack => _ => _.Base().Executes(() => Log.Information("middle packs"));
    }

    private sealed class Derived : MiddleBuild
    {
        protected override Target Pack => _ => _.Base().Executes(() => Log.Information("derived packs"));
    }

    [Fact]
    public void Base_adds_what_each_class_above_defines() =>
        Assert.Equal(["base packs", "middle packs", "derived packs"], Once<Derived>("Pack").Logged);

    private sealed class Baseless : NukeBuild
    {
        Target Pack => _ => _.Base();
    }

    [Fact]
    public void Base_without_a_base_class_says_what_to_use_instead() =>
        Assert.Contains("Target 'Pack' overrides no target of a base class", Once<Baseless>("Pack").Output);

    private sealed class Vague : NukeBuild, ITwoTargets
    {
        Target All => _ => _.DependsOn<ITwoTargets>();
    }

    [Fact]
    public void A_component_with_several_targets_cannot_be_named_alone() =>
        Assert.Contains(
            "component 'ITwoTargets' without saying which target. It has: Left, Right",
            Once<Vague>("All").Output
        );

    private sealed class Trying : NukeBuild, ICompile
    {
        Target All =>
            _ =>
                _.TryDependsOn<ICompile>()
                    .TryDependsOn<ITwoTargets>(x => x.Left)
                    .TryAfter<ITwoTargets>(x => x.Right)
                    .TryBefore<ITwoTargets>(x => x.Left)
                    .TryTriggers<ITwoTargets>(x => x.Left)
                    .TryTriggeredBy<ITwoTargets>(x => x.Left)
                    .TryDependentFor<ITwoTargets>(x => x.Left)
                    .Executes(() => Log.Information("all"));
    }

    [Fact]
    public void Try_does_nothing_where_the_build_lacks_the_component() =>
        Assert.Equal(["component compiles", "all"], Once<Trying>("All").Logged);

    private sealed class Demanding : NukeBuild
    {
        Target All => _ => _.After<ITwoTargets>(x => x.Left);
    }

    [Fact]
    public void A_component_that_the_build_lacks_is_an_error_without_try() =>
        Assert.Contains("Target 'All' needs the build to be a 'ITwoTargets'", Once<Demanding>("All").Output);

    private interface IRival : INukeBuild
    {
        Target Compile => _ => _.Executes(() => Log.Information("rival"));
    }

    private sealed class Torn : NukeBuild, ICompile, IRival;

    [Fact]
    public void Two_components_with_different_targets_of_one_name_are_refused() =>
        Assert.Contains("Target 'Compile' is declared twice: by ICompile and IRival", Once<Torn>("Compile").Output);

    [Fact]
    public void A_component_target_can_be_the_default()
    {
        using var trial = new Trial();

        Assert.Equal(["component compiles"], trial.RunWithDefault<Plain>(x => ((ICompile)x).Compile).Logged);
    }
}
