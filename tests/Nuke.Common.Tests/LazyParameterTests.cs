using Serilog;
using static Nuke.Common.Tests.Trial;

namespace Nuke.Common.Tests;

public sealed class LazyParameterTests
{
    private interface IGreet : INukeBuild
    {
        [Parameter("Who to greet")]
        string Who => TryGetValue(() => Who) ?? "world";

        [Parameter]
        int Count => TryGetValue<int?>(() => Count) ?? 7;

        Target Greet => _ => _.Executes(() => Log.Information("{Who} {Count} {Again}", Who, Count, Count));
    }

    [ParameterPrefix("Thing")]
    private interface IThing : INukeBuild
    {
        [Parameter]
        string? Name => TryGetValue(() => Name);

        Target Thing => _ => _.Executes(() => Log.Information("{Name}", Name ?? "-"));
    }

    private sealed class Build : NukeBuild, IGreet, IThing;

    [Fact]
    public void Parameters_of_interfaces_are_read_when_asked_for() =>
        Assert.Equal(["Ada 3 3"], Once<Build>("Greet", "--who", "Ada", "--count", "3").Logged);

    [Fact]
    public void Without_a_value_the_fallback_counts() => Assert.Equal(["world 7 7"], Once<Build>("Greet").Logged);

    [Fact]
    public void A_value_that_does_not_fit_warns_once_and_the_fallback_counts()
    {
        var result = Once<Build>("Greet", "--count", "x");

        Assert.Single(result.Lines, line => line.Contains("Could not inject value for IGreet.Count"));
        Assert.Contains("world 7 7", result.Output);
    }

    [Fact]
    public void A_prefix_comes_before_the_names_of_an_interface()
    {
        Assert.Equal(["x"], Once<Build>("Thing", "--thing-name", "x").Logged);
        Assert.Equal(["-"], Once<Build>("Thing", "--name", "x").Logged);
    }

    private sealed class Fixed : NukeBuild, IGreet
    {
        string IGreet.Who => "override";
    }

    [Fact]
    public void A_build_can_fix_a_parameter_of_a_component() =>
        Assert.Equal(["override 7 7"], Once<Fixed>("Greet", "--who", "Ada").Logged);
}
