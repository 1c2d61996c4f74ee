using Serilog;

namespace Nuke.Common.Tests;

public sealed class ConsoleTests : IDisposable
{
    private readonly Trial trial = new();

    private sealed class Build : NukeBuild
    {
        Target Deploy =>
            _ =>
                _.Executes(() =>
                {
                    Log.Verbose("v");
                    Log.Debug("d {Number}", 1);
                    Log.Information("i {Text}", "as it is");
                    Log.Warning("w");
                    Log.Error("e 100%\nsecond");
                });

        Target Go => _ => _.Executes(() => { });

        Target All => _ => _.DependsOn(Go);

        Target Note =>
            _ =>
                _.Executes(() =>
                    ReportSummary(notes =>
                    {
                        notes["Version"] = "1.2";
                        notes["Host"] = "web";
                        return notes;
                    })
                );
    }

    [Fact]
    public void A_banner_stands_before_each_target()
    {
        var output = trial.Run<Build>("Deploy", "Go").Output;

        Assert.Contains("\n╬═══════════\n║ Deploy\n╬══\n\n", output);
        Assert.Contains("\n╬═══════\n║ Go\n╬══\n\n", output);
    }

    [Theory]
    [InlineData("verbose", "VRB DBG INF WRN ERR")]
    [InlineData("normal", "DBG INF WRN ERR")]
    [InlineData("minimal", "WRN ERR")]
    [InlineData("quiet", "ERR")]
    public void The_verbosity_chooses_the_levels(string verbosity, string levels)
    {
        var result = trial.Run<Build>("Deploy", "--verbosity", verbosity);
        var shown = result
            .Lines.Where(x => x.StartsWith("05:06:07 [", StringComparison.Ordinal))
            .Select(x => x[10..13]);

        Assert.Equal(levels, string.Join(' ', shown));
        Assert.Contains("Build succeeded on", result.Output);
    }

    [Fact]
    public void Log_lines_have_time_level_and_text_without_quotes() =>
        Assert.Contains("05:06:07 [DBG] d 1\n05:06:07 [INF] i as it is\n", trial.Run<Build>("Deploy").Output);

    [Fact]
    public void An_unknown_verbosity_is_an_error()
    {
        var result = trial.Run<Build>("Go", "--verbosity", "loud");

        Assert.Equal(-1, result.ExitCode);
        Assert.Contains("--verbosity: 'loud' is not a Verbosity", result.Output);
    }

    [Fact]
    public void The_summary_is_a_table_with_total_and_result() =>
        Assert.EndsWith(
            """

            ═══════════════════════════════════════
            Target             Status      Duration
            ───────────────────────────────────────
            Note               Succeeded     < 1sec   // Version: 1.2, Host: web
            ───────────────────────────────────────
            Total                            < 1sec
            ═══════════════════════════════════════

            Build succeeded on 2026-03-04 05:06:07.

            """,
            trial.Run<Build>("Note").Output
        );

    private sealed class Slow : NukeBuild
    {
        public static Action<TimeSpan>? Pass { get; set; }

        Target Short => _ => _.Executes(() => Pass!(TimeSpan.FromMilliseconds(999)));

        Target Long => _ => _.DependsOn(Short).Executes(() => Pass!(TimeSpan.FromSeconds(605)));
    }

    [Fact]
    public void Durations_are_minutes_and_seconds()
    {
        Slow.Pass = trial.Time.Advance;
        var result = trial.Run<Slow>("Long");

        Assert.Equal("Short Succeeded < 1sec", result.Row("Short"));
        Assert.Equal("Long Succeeded 10:05", result.Row("Long"));
        Assert.Equal("Total 10:05", result.Row("Total"));
    }

    [Fact]
    public void Targets_without_actions_have_no_row() => Assert.False(trial.Run<Build>("All").HasRow("All"));

    [Fact]
    public void No_logo_leaves_the_first_line_out()
    {
        Assert.StartsWith("NUKE Execution Engine", trial.Run<Build>("Go").Output, StringComparison.Ordinal);
        Assert.StartsWith("\n╬", trial.Run<Build>("Go", "--no-logo").Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("xterm-256color", false, true)]
    [InlineData("xterm-256color", true, false)]
    [InlineData("dumb", false, false)]
    public void Colours_need_an_xterm_and_a_terminal(string term, bool isRedirected, bool hasColours)
    {
        trial.Environment["TERM"] = term;
        trial.IsOutputRedirected = isRedirected;

        Assert.Equal(hasColours, trial.Run<Build>("Deploy").Output.Contains('\e'));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void On_GitHub_targets_are_groups_and_problems_are_annotations(bool byArgument)
    {
        string[] arguments = byArgument ? ["--host", "GitHubActions"] : [];
        if (!byArgument)
            trial.Environment["GITHUB_ACTIONS"] = "true";
        var result = trial.Run<Build>(["Deploy", .. arguments]);

        Assert.Contains("\n::group::Deploy\n05:06:07 [DBG]", result.Output);
        Assert.Contains("\n::warning::w\n", result.Output);
        Assert.Contains("\n::error::e 100%25%0Asecond\n::endgroup::Deploy\n", result.Output);
        Assert.DoesNotContain("║", result.Output);
    }

    [Fact]
    public void On_GitHub_a_build_that_cannot_start_is_an_annotation_too()
    {
        trial.Environment["GITHUB_ACTIONS"] = "true";

        Assert.Contains("\n::error::Target with name 'x' does not exist", trial.Run<Build>("x").Output);
    }

    [Fact]
    public void A_host_can_be_named_and_must_be_known()
    {
        trial.Environment["GITHUB_ACTIONS"] = "true";

        Assert.DoesNotContain("::group::", trial.Run<Build>("Go", "--host", "terminal").Output);
        Assert.Contains("--host: 'x' is none of GitHubActions, Terminal", trial.Run<Build>("Go", "--host", "x").Output);
    }

    [Fact]
    public void A_variable_with_the_name_of_the_machine_is_no_host()
    {
        trial.Environment["HOST"] = "my-machine";

        Assert.Equal(0, trial.Run<Build>("Go").ExitCode);
    }

    public void Dispose() => trial.Dispose();
}
