using Lotse.Execution.Deployments;

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

    private static void AssertSays(Exception problem, string text) =>
        Assert.Contains(text, problem.Message, StringComparison.Ordinal);
}
