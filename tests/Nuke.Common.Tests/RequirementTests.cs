using Serilog;
using static Nuke.Common.Tests.Trial;

namespace Nuke.Common.Tests;

public sealed class RequirementTests
{
    private interface IPush : INukeBuild
    {
        [Parameter]
        string? ApiKey => TryGetValue(() => ApiKey);

        Target Push =>
            _ => _.DependsOn<IPush>(x => x.Prepare).Requires(() => ApiKey).Executes(() => Log.Information("pushed"));

        Target Prepare => _ => _.Executes(() => Log.Information("prepared"));
    }

    private sealed class Build : NukeBuild, IPush
    {
        [Parameter]
        readonly int? Port;

        [Parameter]
        readonly string? Region;

        Target Listen =>
            _ => _.Requires(() => Port).Requires(() => Region).Executes(() => Log.Information("listening"));

        Target Never => _ => _.Requires(() => RootDirectory == null).Executes(() => Log.Information("never"));

        Target Off => _ => _.OnlyWhenStatic(() => false).DependsOn<IPush>(x => x.Push);
    }

    [Fact]
    public void A_missing_parameter_fails_before_any_target_runs()
    {
        var result = Once<Build>("Push");

        Assert.Equal(-1, result.ExitCode);
        Assert.Contains("Target 'Push' requires member 'ApiKey' to be not null or empty\n", result.Output);
        Assert.Equal("Prepare NotRun", result.Row("Prepare"));
        Assert.Equal("Push NotRun", result.Row("Push"));
        Assert.Empty(result.Logged);
    }

    [Fact]
    public void Blank_text_is_missing_too() =>
        Assert.Contains("requires member 'ApiKey'", Once<Build>("Push", "--api-key", " ").Output);

    [Fact]
    public void With_the_parameter_the_target_runs() =>
        Assert.Equal(["prepared", "pushed"], Once<Build>("Push", "--api-key", "k").Logged);

    [Fact]
    public void Everything_that_is_missing_is_named_at_once()
    {
        var result = Once<Build>("Listen");

        Assert.Contains("requires member 'Port'", result.Output);
        Assert.Contains("requires member 'Region'", result.Output);
        Assert.Equal(["listening"], Once<Build>("Listen", "--port", "1", "--region", "x").Logged);
    }

    [Fact]
    public void A_condition_that_does_not_hold_fails_before_any_target_runs()
    {
        var result = Once<Build>("Never");

        Assert.Equal(-1, result.ExitCode);
        Assert.Contains("Target 'Never' requires '", result.Output);
        Assert.Empty(result.Ran);
    }

    [Fact]
    public void What_is_skipped_from_the_start_requires_nothing() => Assert.Equal(0, Once<Build>("Off").ExitCode);

    private sealed class Strict : NukeBuild
    {
        [Parameter]
        [Required]
        readonly string? License;

        Target Work => _ => _.Executes(() => Log.Information("works {License}", License));
    }

    [Fact]
    public void A_required_parameter_is_needed_by_every_run()
    {
        var result = Once<Strict>("Work");

        Assert.Equal(-1, result.ExitCode);
        Assert.Contains("Member 'License' is required to be not null or empty", result.Output);
        Assert.Equal(["works x"], Once<Strict>("Work", "--license", "x").Logged);
    }

    private sealed class Wrong : NukeBuild
    {
        private readonly string? plain;

        Target Work => _ => _.Requires(() => plain);
    }

    [Fact]
    public void Only_parameters_can_be_required() =>
        Assert.Contains("Member 'plain' is required by target 'Work' but is no parameter", Once<Wrong>("Work").Output);
}
