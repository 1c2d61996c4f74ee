using System.Text.RegularExpressions;
using Lotse.Configuration;
using Lotse.Execution.Deployments;
using Lotse.Execution.Journals;
using Lotse.Execution.Ports;

namespace Lotse.Execution.Tests.Transcripts;

/// <summary>Commands in containers, logs and pruning, over several hosts.</summary>
public sealed class OperationTests
{
    private readonly List<string> lines = [];

    [Fact]
    public async Task A_command_runs_in_the_serving_container_of_each_host_of_the_role()
    {
        var fleet = await ServingAsync("web1", "web2");
        var results = await ExecAsync(fleet, new ExecRequest { Command = "bin/tool 'a b'" });
        Assert.Equal(
            "[web1] exec bin/tool a b in app-web-2\n[web2] exec bin/tool a b in app-web-2",
            fleet.TakeTranscript()
        );
        Assert.Equal(["web1 out", "web1 err", "web2 out", "web2 err"], lines);
        Assert.Equal([new("web1", 0), new("web2", 0)], results);
    }

    [Theory]
    [InlineData(true, null, "web1")]
    [InlineData(false, "web2", "web2")]
    public async Task It_can_be_for_one_host(bool onlyPrimary, string? host, string expected)
    {
        var fleet = await ServingAsync("web1", "web2");
        var request = new ExecRequest
        {
            Command = "x",
            OnlyPrimary = onlyPrimary,
            Host = host,
        };
        Assert.Equal(expected, Assert.Single(await ExecAsync(fleet, request)).Host);
    }

    [Fact]
    public async Task Its_exit_code_is_passed_on_and_audited_without_its_arguments()
    {
        var fleet = await ServingAsync("web1");
        fleet.Hosts[0].CommandExitCode = 7;
        Assert.Equal([new("web1", 7)], await ExecAsync(fleet, new ExecRequest { Command = "tool --token abc" }));
        var audit = await Records.ReadAuditAsync(fleet.Hosts[0].Store, TestContext.Current.CancellationToken);
        Assert.Equal("tool ended with exit code 7", audit[^1].Outcome);
    }

    [Fact]
    public async Task A_one_off_gets_a_container_of_its_own_that_goes()
    {
        var fleet = await ServingAsync("web1");
        fleet.Hosts[0].CommandExitCode = 3;
        var results = await ExecAsync(fleet, new ExecRequest { Command = "sh -c env", IsOneOff = true });
        Assert.Equal([new("web1", 3)], results);
        Assert.Equal(["web1 the last line"], lines);
        Assert.Equal(
            "[web1] create app-exec-2_r3\n[web1] start app-exec-2_r3\n[web1] remove app-exec-2_r3",
            fleet.TakeStory()
        );
        Assert.Equal("app:2", fleet.Hosts[0].LastMade!.Image);
    }

    [Fact]
    public async Task An_interactive_one_is_joined_to_the_terminal_on_the_first_host()
    {
        var fleet = await ServingAsync("web1", "web2");
        await ExecAsync(fleet, new ExecRequest { Command = "sh", IsInteractive = true });
        Assert.Equal("[web1] exec sh in app-web-2, in the terminal", fleet.TakeStory());
        var oneOff = new ExecRequest
        {
            Command = "sh",
            IsInteractive = true,
            IsOneOff = true,
        };
        await ExecAsync(fleet, oneOff);
        Assert.Contains("start app-exec-2_r3 in the terminal", fleet.TakeStory(), StringComparison.Ordinal);
        Assert.True(fleet.Hosts[0].LastMade!.IsInteractive);
        Assert.False(fleet.Terminal.IsOpen, "It must be left as it was found.");
    }

    [Theory]
    [InlineData("", null, null)]
    [InlineData("x", "wep", null)]
    [InlineData("x", null, "web9")]
    public async Task What_is_not_there_is_said(string command, string? role, string? host)
    {
        var fleet = await ServingAsync("web1");
        var request = new ExecRequest
        {
            Command = command,
            Role = role,
            Host = host,
        };
        await Assert.ThrowsAsync<UserException>(() => ExecAsync(fleet, request));
        Assert.Equal("", fleet.TakeStory());
    }

    [Fact]
    public async Task Logs_of_all_hosts_are_merged_by_time_and_filtered()
    {
        var fleet = await ServingAsync("web1", "web2");
        fleet.Hosts[0].Logs["app-web-2"] = ["1 a GET", "3 c POST", "5 e GET"];
        fleet.Hosts[1].Logs["app-web-2"] = ["2 b GET", "4 d GET"];
        await LogsAsync(fleet, new LogRequest { Grep = new Regex("GET", RegexOptions.NonBacktracking) });
        Assert.Equal(
            ["web1 app-web-2 a GET", "web2 app-web-2 b GET", "web2 app-web-2 d GET", "web1 app-web-2 e GET"],
            lines
        );
    }

    [Fact]
    public async Task Logs_of_a_previous_release_come_from_its_kept_containers()
    {
        var fleet = await ServingAsync("web1");
        fleet.Hosts[0].Logs["app-web-1"] = ["1 old"];
        await LogsAsync(fleet, new LogRequest { Release = "1" });
        Assert.Equal(["web1 app-web-1 old"], lines);
        await Assert.ThrowsAsync<UserException>(() => LogsAsync(fleet, new LogRequest { Release = "9" }));
    }

    [Fact]
    public async Task Maintenance_is_of_all_hosts_and_ends_with_live()
    {
        var fleet = await ServingAsync("web1", "web2");
        var token = TestContext.Current.CancellationToken;
        await fleet.Operate().EnterMaintenanceAsync("back soon", token);
        Assert.Equal("[web1] stop app-web: back soon\n[web2] stop app-web: back soon", fleet.TakeTranscript());
        await fleet.Operate().GoLiveAsync(token);
        Assert.Equal("[web1] resume app-web\n[web2] resume app-web", fleet.TakeTranscript());
        var audit = await Records.ReadAuditAsync(fleet.Hosts[1].Store, token);
        Assert.Equal(["maintenance", "live"], audit.TakeLast(2).Select(a => a.Command));
    }

    [Fact]
    public async Task Maintenance_that_fails_on_one_host_is_taken_back_on_the_others()
    {
        var fleet = await ServingAsync("web1", "web2");
        fleet.Hosts[1].Fault = call =>
            call.StartsWith("stop", StringComparison.Ordinal)
                ? new HostException(HostFailure.Proxy, "web2", "stop", "it broke", "")
                : null;
        await Assert.ThrowsAsync<HostException>(() =>
            fleet.Operate().EnterMaintenanceAsync("", TestContext.Current.CancellationToken)
        );
        Assert.Contains("[web1] resume app-web", fleet.TakeTranscript(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pruning_keeps_what_serves_and_what_a_rollback_needs()
    {
        var fleet = await ServingAsync("web1", "web2");
        await fleet.DeployAsync("3");
        fleet.TakeTranscript();
        fleet.Configure = c => c with { RetainContainers = 1 };
        await fleet.Operate().PruneAsync(TestContext.Current.CancellationToken);
        Assert.Equal(
            """
            [web1] remove app-web-1
            [web1] remove image app:1
            [web2] remove app-web-1
            [web2] remove image app:1
            """,
            fleet.TakeTranscript()
        );
        await fleet.Operate().PruneAsync(TestContext.Current.CancellationToken);
        Assert.Equal("", fleet.TakeTranscript());
    }

    [Fact]
    public async Task Pruning_spares_the_images_of_other_destinations()
    {
        var fleet = new Fleet("web1") { Configure = c => c with { Destination = "staging" } };
        await fleet.DeployAsync("1");
        fleet.Configure = c => c with { Destination = "production", RetainContainers = 1 };
        await fleet.DeployAsync("2");
        Assert.DoesNotContain("remove image app", fleet.TakeStory(), StringComparison.Ordinal);
        await fleet.Operate().PruneAsync(TestContext.Current.CancellationToken);
        Assert.Equal("", fleet.TakeStory());
    }

    private async Task<IEnumerable<ExecResult>> ExecAsync(Fleet fleet, ExecRequest request) =>
        await fleet.Operate().ExecAsync(request, Take, TestContext.Current.CancellationToken);

    private Task LogsAsync(Fleet fleet, LogRequest request)
    {
        lines.Clear();
        return fleet.Operate().ReadLogsAsync(request, Take, TestContext.Current.CancellationToken);
    }

    private void Take(string from, string line) => lines.Add($"{from} {line}");

    private static async Task<Fleet> ServingAsync(params string[] hosts)
    {
        var fleet = new Fleet(hosts);
        await fleet.DeployAsync("1");
        await fleet.DeployAsync("2");
        fleet.TakeStory();
        return fleet;
    }
}
