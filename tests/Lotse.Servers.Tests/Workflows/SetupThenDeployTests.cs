using Lotse.Testing.Load;
using Lotse.Testing.Servers;

namespace Lotse.Servers.Tests.Workflows;

/// <summary>
/// From a bare server to a release that changes under load, by the commands of the README and by nothing else: what a
/// deploy meets on a server that <c>ServerSetup</c> has made. A second server looks at the first one's ports.
/// </summary>
public sealed class SetupThenDeployTests(SharedServers shared)
{
    private const string User = "deploy";
    private const string PublicKey = "config/deployers.pub";
    private const int Database = 5432;
    private const int Container = 8080;
    private const int Process = 9001;
    private const int Idle = 9999;

    [Fact]
    public async Task A_bare_server_is_set_up_deployed_to_by_its_deploy_user_and_closed_to_all_others()
    {
        await using var fleet = await ServerFleet.StartAsync(
            shared.Engine,
            2,
            new ServerOptions { Kind = ServerKind.Bare },
            Token
        );
        await using var team = new StagingJob(shared);
        await PrepareAsync(team, fleet);

        var first = await team.BuildAsync("ServerSetup", "DeployStaging");
        Assert.Equal(0, first.ExitCode);
        await AnUpgradeFailsNoRequestAsync(team);
        await TheDeployUserDidItAsync(team);

        var second = await team.BuildAsync("ServerSetup", "--destination", "staging");
        Assert.Equal(0, second.ExitCode);
        Assert.Contains("Nothing to do", second.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Nothing to do: the servers", first.Output, StringComparison.Ordinal);

        await TheFirewallHoldsAsync(fleet);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private async Task PrepareAsync(StagingJob team, ServerFleet fleet)
    {
        await team.PrepareAsync(await shared.CreateAsync(fleet, 1, Token));
        await team.AssertLacksProgramsAsync();
        await fleet.Servers[0].ExecAsync($"! command -v docker && ! getent passwd {User}", Token);
        await File.WriteAllTextAsync(Path.Combine(team.Team, PublicKey), fleet.PublicKey + "\n", Token);
        await team.ChangeAsync("The first release", Settings(team));
    }

    /// <summary>The first line goes on with the database, which stands at the end of the configuration.</summary>
    private static string Settings(StagingJob team) =>
        $"""
                port: {Database}
            ssh:
              user: {User}
              keys: [{team.World.Spec.KeyFile}]
            setup:
              public_keys: [{PublicKey}]

            """;

    private static async Task AnUpgradeFailsNoRequestAsync(StagingJob team)
    {
        var server = team.World.Servers[0];
        var old = await StagingJob.ServedAsync(server);
        await using var load = await FleetWorld.LoadAsync([server], FleetLoad.Profile.OnlyShortRequests());
        await load.WaitForVersionAsync(old);
        await team.ChangeAsync("The second release", Settings(team));

        var deployed = await team.BuildAsync("DeployStaging");
        Assert.Equal(0, deployed.ExitCode);
        var made = await StagingJob.ServedAsync(server);
        await load.WaitForVersionAsync(made);

        Assert.NotEqual(old, made);
        await load.AssertNothingFailedAsync(old, made);
        Assert.Single(await team.RunningAsync(server));
        await team.AssertNoLeaseAsync();
    }

    private static async Task TheDeployUserDidItAsync(StagingJob team)
    {
        var server = team.World.Servers[0];
        var owners = await server.ExecAsync("find /var/lib/lotse -type f -printf '%u\\n' | sort -u", Token);
        Assert.Equal(User, owners);
        Assert.NotEmpty(
            await server.ExecAsync($"find /var/lib/lotse -path '*{team.Service}*' -name audit.jsonl", Token)
        );
        Assert.NotEqual("0", await server.ExecAsync($"id -u {User}", Token));
        Assert.Contains("docker", (await server.ExecAsync($"id -nG {User}", Token)).Split(' '));
        var sudo = await server.TryExecAsync($"su {User} -c 'sudo -n true'", Token);
        Assert.NotEqual(0, sudo.ExitCode);
        Assert.Contains("sudo: ", sudo.Error, StringComparison.Ordinal);
    }

    private static async Task TheFirewallHoldsAsync(ServerFleet fleet)
    {
        var (server, other) = (fleet.Servers[0], fleet.Servers[1]);
        await server.ExecAsync(
            $"docker run -d --name neighbour -p {Container}:9 --entrypoint sleep "
                + "$(docker ps --filter publish=5432 --format '{{.Image}}') 3600 && "
                + $"/usr/sbin/sshd -p {Process} -o PidFile=none",
            Token
        );
        var outside = new PortView(other, server.Address);
        Assert.Equal(PortView.Open, await outside.TryAsync(22, Token));
        Assert.Equal(PortView.Open, await outside.TryAsync(80, Token));
        // Let in, for the day when the proxy serves TLS.
        Assert.Equal(PortView.Refused, await outside.TryAsync(443, Token));
        await outside.AssertSilentAsync(Database, open: 80, Token);
        await outside.AssertSilentAsync(Container, open: 80, Token);
        await outside.AssertSilentAsync(Process, open: 22, Token);
        await outside.AssertSilentAsync(Idle, open: 22, Token);

        // It was the firewall: each of them answers without it.
        await server.ExecAsync("nft delete table inet lotse", Token);
        Assert.Equal(PortView.Open, await outside.TryAsync(Database, Token));
        Assert.Equal(PortView.Refused, await outside.TryAsync(Container, Token));
        Assert.Equal(PortView.Open, await outside.TryAsync(Process, Token));
        Assert.Equal(PortView.Refused, await outside.TryAsync(Idle, Token));
    }
}
