using Nuke.Common.IO;
using Serilog;
using static Nuke.Common.Tests.Trial;

namespace Nuke.Common.Tests;

public sealed class ParameterTests
{
    private enum Stage
    {
        Staging,
        Production,
    }

    private sealed class Greeter : NukeBuild
    {
        [Parameter]
        readonly string Who = "nobody";

        [Parameter]
        readonly int Count = 1;

        [Parameter]
        readonly bool Loud;

        [Parameter]
        readonly Stage? Stage;

        [Parameter]
        readonly string[] Names = ["none"];

        [Parameter(Separator = ",")]
        readonly int[] Ports = [];

        [Parameter]
        readonly AbsolutePath? Out;

        [Parameter(Name = "Other-Name")]
        string Renamed { get; } = "initial";

        [Parameter]
        static string? NuGetApiKey;

        // A static member outlives its build: each test begins without what another one gave.
        public Greeter() => NuGetApiKey = null;

        Target Greet =>
            _ =>
                _.Executes(() =>
                {
                    Log.Information("{Who} {Count} {Loud} {Stage}", Who, Count, Loud, Stage?.ToString() ?? "-");
                    Log.Information("{Names} {Ports}", string.Join('|', Names), string.Join('|', Ports));
                    Log.Information("{Out} {Renamed} {Key}", (string?)Out ?? "-", Renamed, NuGetApiKey ?? "-");
                });
    }

    private static string[] Greet(params string[] arguments) => Once<Greeter>(["Greet", .. arguments]).Logged;

    [Fact]
    public void Without_a_value_the_initialiser_stays() =>
        Assert.Equal(["nobody 1 False -", "none ", "- initial -"], Greet());

    [Fact]
    public void Values_are_converted_to_the_type_of_the_member() =>
        Assert.Equal(
            "Ada 3 True Production",
            Greet("--who", "Ada", "--count", "3", "--loud", "--stage", "production")[0]
        );

    [Theory]
    [InlineData("--who")]
    [InlineData("-Who")]
    [InlineData("--WHO")]
    [InlineData("--w-h-o")]
    public void Names_are_compared_without_dashes_and_case(string name) =>
        Assert.StartsWith("Ada ", Greet(name, "Ada")[0], StringComparison.Ordinal);

    [Fact]
    public void The_last_occurrence_wins() =>
        Assert.StartsWith("Bob ", Greet("--who", "Ada", "--loud", "--who", "Bob")[0], StringComparison.Ordinal);

    [Fact]
    public void A_value_that_starts_with_a_dash_is_the_next_name()
    {
        var lines = Greet("--who", "-loud");

        Assert.Equal("nobody 1 True -", lines[0]);
    }

    [Fact]
    public void A_truth_value_can_be_spelled_out() => Assert.Equal("nobody 1 False -", Greet("--loud", "false")[0]);

    [Fact]
    public void Arrays_take_several_arguments_or_one_that_is_split() =>
        Assert.Equal("a|b c 80|443", Greet("--names", "a", "b c", "--ports", "80,443")[1]);

    [Fact]
    public void A_path_starts_from_the_working_directory()
    {
        using var trial = new Trial();
        trial.WorkingDirectory = Directory.CreateDirectory(trial.Root / "deep").FullName;

        Assert.StartsWith(
            $"{trial.Root / "deep" / "out"} ",
            trial.Run<Greeter>("Greet", "--out", "out").Logged[2],
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Renamed_static_and_get_only_members_take_values() =>
        Assert.Equal("- x key", Greet("--other-name", "x", "--nuget-api-key", "key")[2]);

    [Fact]
    public void A_value_that_does_not_fit_warns_and_the_initialiser_stays()
    {
        var result = Once<Greeter>("Greet", "--count", "many", "--stage", "moon", "--who", "Ada", "Bob");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("[WRN] Could not inject value for Greeter.Count: 'many' is not a Int32", result.Output);
        Assert.Contains("[WRN] Could not inject value for Greeter.Stage: 'moon' is not a Stage", result.Output);
        Assert.Contains(
            "[WRN] Could not inject value for Greeter.Who: [ Ada, Bob ] is more than one String",
            result.Output
        );
        Assert.Contains("nobody 1 False -", result.Output);
    }

    private sealed class Several : NukeBuild
    {
        Target DeployLocal => _ => _.Executes(() => Log.Information("deployed"));

        Target Test => _ => _.Executes(() => Log.Information("tested"));
    }

    [Theory]
    [InlineData("DeployLocal", "Test")]
    [InlineData("deploy-local", "test")]
    [InlineData("deploy-local+Test")]
    [InlineData("--target", "DeployLocal", "Test")]
    [InlineData("--no-logo", "--target", "deploylocal+test")]
    public void Targets_are_positional_or_named_and_may_be_joined(params string[] arguments) =>
        Assert.Equal(["deployed", "tested"], Once<Several>(arguments).Logged);

    [Fact]
    public void An_unknown_target_is_answered_with_those_there_are()
    {
        var result = Once<Several>("Deploy-Mars");

        Assert.Equal(-1, result.ExitCode);
        Assert.Contains(
            "Target with name 'DeployMars' does not exist. Available targets are:\n  - DeployLocal\n  - Test\n",
            result.Output
        );
    }
}
