using System.Collections.Immutable;
using Lotse.Execution.Deployments;
using Lotse.Execution.Ports;

namespace Lotse.Execution.Tests.Transcripts;

/// <summary>What is found to be wrong with hosts before anything is done.</summary>
public sealed class PreflightTests
{
    [Fact]
    public async Task All_problems_of_all_hosts_are_in_one_report_and_nothing_is_done()
    {
        var fleet = new Fleet("web1", "web2", "web3");
        fleet.Hosts[0].ClockAhead = TimeSpan.FromSeconds(75);
        fleet.Hosts[1].EngineVersion = "19.03.15";
        fleet.Hosts[2].ClockAhead = -TimeSpan.FromHours(1);
        fleet.Hosts[2].EngineVersion = "18.09.1+dfsg1";

        var refused = Assert.IsType<UserException>(await fleet.TryDeployAsync("1"));

        Assert.StartsWith("4 problem(s), found before anything was changed", refused.Message, StringComparison.Ordinal);
        AssertSays(refused, "[web1] its clock is 75 s ahead of this machine's.");
        AssertSays(refused, "`sudo timedatectl set-ntp true`");
        AssertSays(refused, "[web2] its engine is Docker 19.03.15; 20.10 is the oldest");
        AssertSays(refused, "[web3] its engine is Docker 18.09.1+dfsg1;");
        AssertSays(refused, "[web3] its clock is 3600 s behind this machine's.");
        Assert.Equal("", fleet.TakeTranscript());
    }

    [Fact]
    public async Task What_is_wrong_with_those_that_are_reached_is_in_the_report_of_those_that_are_not()
    {
        var fleet = new Fleet("web1", "web2", "web3");
        await fleet.DeployAsync("1");
        fleet.TakeTranscript();
        fleet.Unreachable.Add("web1");
        fleet.Hosts[1].ClockAhead = TimeSpan.FromSeconds(75);
        fleet.Hosts[2].TakenPorts.Add(5432);
        fleet.Configure = config =>
            config with
            {
                Roles = [.. config.Roles.Select(r => r with { Options = Publishing("5432:5432") })],
            };

        var refused = Assert.IsType<UserException>(await fleet.TryDeployAsync("2"));

        Assert.StartsWith(
            "1 of 3 host(s) cannot be used, and there are 2 problem(s) on others; nothing was changed:\n  - [web1]",
            refused.Message,
            StringComparison.Ordinal
        );
        AssertSays(refused, "  - [web2] its clock is 75 s ahead of this machine's.");
        AssertSays(refused, "  - [web3] port 5432 is in use by another program, and role web needs it.");
        Assert.False(refused.IsMisuse);
        Assert.Equal("", fleet.TakeTranscript());
    }

    [Fact]
    public async Task An_image_for_another_processor_is_not_built()
    {
        var fleet = new Fleet("web1", "web2");
        fleet.Hosts[0].Architecture = "amd64";
        fleet.Hosts[1].Architecture = "arm64";
        await using var deployment = fleet.Begin("1");
        var token = TestContext.Current.CancellationToken;
        await deployment.LookAsync(token);

        var refused = await Assert.ThrowsAsync<UserException>(() =>
            deployment.BuildAsync(new Progress<BuildProgress>(), token)
        );

        AssertSays(refused, "[web2] its processor is arm64");
    }

    [Fact]
    public async Task A_clock_that_is_wrong_by_little_is_warned_of()
    {
        var fleet = new Fleet("web1", "web2");
        fleet.Hosts[1].ClockAhead = -TimeSpan.FromSeconds(8);

        Assert.Null(await fleet.TryDeployAsync("1"));

        var warning = Assert.Single(fleet.Warnings);
        Assert.Equal("web2", warning.Host);
        Assert.StartsWith("its clock is 8 s behind", warning.Text, StringComparison.Ordinal);
        Assert.Equal("1", fleet.Hosts[1].Serving);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData(0, null)]
    [InlineData(5, null)]
    [InlineData(6, false)]
    [InlineData(-60, false)]
    [InlineData(61, true)]
    [InlineData(-61, true)]
    public void The_rule_for_clocks(int? seconds, bool? isRefused)
    {
        var ahead = seconds is { } s ? TimeSpan.FromSeconds(s) : (TimeSpan?)null;
        Assert.Equal(isRefused, ClockRule.Judge("web1", ahead)?.IsRefused);
    }

    [Theory]
    [InlineData("20.10.0", true)]
    [InlineData("20.10.24+dfsg1", true)]
    [InlineData("29.0.1-rc.1", true)]
    [InlineData("dev", true)]
    [InlineData("19.03.15", false)]
    [InlineData("1.13.1", false)]
    [InlineData("20.9.1-ce", false)]
    public void The_rule_for_engines(string version, bool isFine) =>
        Assert.Equal(isFine, EngineRule.Judge(version) is null);

    private static ImmutableSortedDictionary<string, ImmutableArray<string>> Publishing(string port) =>
        ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty.Add("publish", [port]);

    private static void AssertSays(Exception problem, string text) =>
        Assert.Contains(text, problem.Message, StringComparison.Ordinal);
}
