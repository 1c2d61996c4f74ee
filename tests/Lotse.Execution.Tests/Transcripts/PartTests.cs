using Lotse.Execution.Deployments;
using Lotse.Execution.Journals;
using Lotse.Execution.Ports;

namespace Lotse.Execution.Tests.Transcripts;

/// <summary>A host that is down keeps nobody from looking at the others, nor from working on them; it is told of in one line.</summary>
public sealed class PartTests
{
    private const string Down = "connect by SSH: no answer. Tried 22. → Start it.";
    private readonly List<string> lines = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Status_shows_the_hosts_that_answer()
    {
        var fleet = await ServingAsync();
        await RefusedAsync(fleet, o => o.ShowStatusAsync(s => lines.Add(s.Observed.Host), Token));
        Assert.Equal(["web1", "web3"], lines);
    }

    [Fact]
    public async Task Logs_audit_live_and_pruning_are_of_the_hosts_that_answer()
    {
        var fleet = await ServingAsync();
        await RefusedAsync(fleet, o => o.ReadLogsAsync(new LogRequest(), (from, _) => lines.Add(from), Token));
        Assert.Equal(["web1 app-web-2", "web3 app-web-2"], lines);
        lines.Clear();
        await RefusedAsync(fleet, o => o.ReadAuditAsync((host, _) => lines.Add(host), Token));
        Assert.Equal(["web1", "web3"], lines.Distinct().Order());
        fleet.TakeStory();
        await RefusedAsync(fleet, o => o.EnterMaintenanceAsync("", Token));
        await RefusedAsync(fleet, o => o.GoLiveAsync(Token));
        Assert.Equal(
            """
            [web1] stop app-web: 
            [web1] resume app-web
            [web3] stop app-web: 
            [web3] resume app-web
            """,
            fleet.TakeTranscript()
        );
        fleet.Configure = c => c with { RetainContainers = 0 };
        await RefusedAsync(fleet, o => o.PruneAsync(Token));
        Assert.Equal(
            "[web1] remove app-web-1\n[web1] remove image app:1\n[web3] remove app-web-1\n[web3] remove image app:1",
            fleet.TakeTranscript()
        );
    }

    [Fact]
    public async Task A_proxy_that_does_not_answer_is_told_of_beside_what_else_is_there()
    {
        var fleet = await ServingAsync();
        fleet.Unreachable.Clear();
        fleet.Hosts[2].IsProxySilent = true;
        HostStatus? silent = null;
        var failed = await Assert.ThrowsAsync<SomeHostsFailedException>(() =>
            fleet.Operate().ShowStatusAsync(s => silent = s.Observed.Host == "web3" ? s : silent, Token)
        );
        Assert.Equal(["web3"], failed.Hosts);
        Assert.Equal("edge proxy, list: it is silent → See its log.", Assert.Single(fleet.Warnings).Text);
        Assert.NotNull(silent);
        Assert.False(silent.Observed.Proxy!.IsListed);
        Assert.Contains(silent.Observed.Containers, c => c.Version == "2");
    }

    [Fact]
    public async Task A_command_runs_on_the_hosts_that_answer()
    {
        var fleet = await ServingAsync();
        var results = await fleet
            .Operate()
            .ExecAsync(new ExecRequest { Command = "x" }, (host, line) => lines.Add($"{host} {line}"), Token);
        Assert.Equal([new("web1", 0), new("web2", null), new("web3", 0)], results);
        Assert.Equal(Down, Assert.Single(fleet.Warnings).Text);
    }

    private async Task RefusedAsync(Fleet fleet, Func<Operations, Task> operate)
    {
        fleet.Warnings.Clear();
        var failed = await Assert.ThrowsAsync<SomeHostsFailedException>(() => operate(fleet.Operate()));
        Assert.Equal(["web2"], failed.Hosts);
        var told = Assert.Single(fleet.Warnings);
        Assert.Equal(("web2", Down), (told.Host, told.Text));
    }

    private static async Task<Fleet> ServingAsync()
    {
        var fleet = new Fleet("web1", "web2", "web3");
        await fleet.DeployAsync("1");
        await fleet.DeployAsync("2");
        fleet.TakeStory();
        fleet.Unreachable.Add("web2");
        return fleet;
    }
}
