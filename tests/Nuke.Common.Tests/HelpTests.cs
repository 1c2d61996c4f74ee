namespace Nuke.Common.Tests;

public sealed class HelpTests : IDisposable
{
    private readonly Trial trial = new();

    private interface IDeploy : INukeBuild
    {
        [Parameter(
            "Where to deploy to, said at such a length that it does not fit into one line of the help text at all"
        )]
        string? Destination => TryGetValue(() => Destination);

        Target Deploy => _ => _.Description("Brings it out").Executes(() => { });
    }

    private sealed class Build : NukeBuild, IDeploy
    {
        [Parameter]
        readonly string? NuGetApiKey;

        [Parameter("Not for people", List = false)]
        readonly string? Hidden;

        Target Pack => _ => _.DependsOn(Test).DependsOn<IDeploy>();

        Target Test => _ => _.Executes(() => throw new InvalidOperationException("ran"));

        Target Secret => _ => _.Unlisted();
    }

    [Fact]
    public void Help_lists_targets_with_dependencies_and_descriptions_then_parameters()
    {
        var result = trial.Run<Build>("--help", "--no-logo");

        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith(
            """
            Targets (with their direct dependencies):

              Pack                 -> Test, Deploy
              Test
              Deploy
                Brings it out

            Parameters:

              --destination        Where to deploy to, said at such a length that it does not fit into one line
                                   of the help text at all.
              --nuget-api-key      <no description>

              --continue           Indicates to continue a previously failed build attempt.

            """,
            result.Output,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Help_marks_the_default_target()
    {
        var result = trial.RunWithDefault<Default>(x => x.Main, "--help");

        Assert.Contains("\n  Main (default)\n", result.Output);
        Assert.Contains("--target             List of targets to be invoked. Default is 'Main'.\n", result.Output);
    }

    private sealed class Default : NukeBuild
    {
        public Target Main => _ => _.Executes(() => { });
    }

    [Fact]
    public void Help_is_shown_too_where_no_target_is_named_and_none_is_the_default()
    {
        var result = trial.Run<Build>();

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("Targets (with their direct dependencies):", result.Output);
        Assert.Contains("Default is '<none>'.", result.Output);
    }

    [Fact]
    public void The_default_target_runs_when_no_other_is_named() =>
        Assert.Equal(["Main"], trial.RunWithDefault<Default>(x => x.Main).Ran);

    public void Dispose() => trial.Dispose();
}
