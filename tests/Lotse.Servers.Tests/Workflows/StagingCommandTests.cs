using System.Text.RegularExpressions;
using Lotse.Testing.Processes;
using Lotse.Testing.Servers;

namespace Lotse.Servers.Tests.Workflows;

/// <summary>
/// What a person reads and gets who types the commands, on two servers: <c>./build.sh</c> as a process, with neither
/// ssh nor docker nor kamal on its path.
/// </summary>
public sealed partial class StagingCommandTests(StagingJob team) : IClassFixture<StagingJob>
{
    private const string Deploy = "DeployStaging";
    private const int Failed = 1;

    [Fact]
    [AllOnly(
        "StagingCommandTests.A_changed_host_key_is_refused_with_its_cure: refused at the same look, and printed the same way; UnreachableServerTests have the closed port"
    )]
    public async Task A_closed_port_is_refused_with_its_cure()
    {
        await ServeAsync();
        await team.ConfigureAsync($"{Keys}  port: 1\n");

        var report = await FailAsync();

        AssertNames(report, "2 of 2 host(s)", "the connection was refused", "ssh.port", "nothing was changed");
        Assert.All(team.World.Servers, server => AssertNames(report, $"[{server.Address}]"));
    }

    [Fact]
    public async Task A_changed_host_key_is_refused_with_its_cure()
    {
        await ServeAsync();
        var (first, second) = (team.World.Servers[0], team.World.Servers[1]);
        var swapped = second.HostKeys.Select(key => key.KnownHostsLine(first.Address));
        await File.WriteAllLinesAsync(team.PinsFile, [.. second.KnownHostsLines, .. swapped], Token);

        var report = await FailAsync();

        AssertNames(
            report,
            "1 of 2 host(s)",
            $"[{first.Address}]",
            "PinHostKeys --destination staging --replace",
            "nothing was changed"
        );
        Assert.DoesNotContain($"[{second.Address}]", report, StringComparison.Ordinal);
    }

    [Fact]
    [AllOnly(
        "StagingCommandTests.A_changed_host_key_is_refused_with_its_cure: refused at the same look, and printed the same way; UnreachableServerTests have the key"
    )]
    public async Task A_key_that_opens_no_server_is_refused_with_its_cure()
    {
        await ServeAsync();
        var key = await MakeKeyAsync(team.World.Servers[0]);
        await team.ConfigureAsync($"ssh:\n  keys: [{key}]\n");

        var report = await FailAsync();

        AssertNames(report, "2 of 2 host(s)", key, "authorized_keys", "nothing was changed");
        Assert.All(team.World.Servers, server => AssertNames(report, $"[{server.Address}]"));
    }

    [Fact]
    public async Task A_release_that_does_not_become_healthy_is_taken_back_with_its_cure()
    {
        var serving = await ServeAsync();
        await team.ConfigureAsync($"{Keys}proxy:\n  healthcheck:\n    path: /nowhere\ndeploy_timeout: 3\n");

        var report = await FailAsync();

        AssertNames(report, "/nowhere", "404", "healthcheck.path", $"{serving} serves on, on every host");
        Assert.Contains(team.World.Servers, server => report.Contains($"[{server.Address}]", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_is_down_is_left_out_when_it_is_named_and_catches_up_with_one_command()
    {
        var old = await ServeAsync();
        var (up, down) = (team.World.Servers[0], team.World.Servers[1]);
        await team.ChangeAsync("For the server that is up", Keys);
        team.IsServing = false;
        await down.KillAsync(Token);
        try
        {
            var refused = await team.BuildAsync(Deploy);
            Assert.Equal(Failed, refused.ExitCode);
            AssertNames(refused.Output, $"[{down.Address}]", "--skip-host NAME", "nothing was changed");
            Assert.Equal(old, await StagingJob.ServedAsync(up));

            var without = await team.BuildAsync(Deploy, "--skip-host", down.Address);
            Assert.Equal(0, without.ExitCode);
            AssertNames(without.Output, $"Left out: {down.Address}");
        }
        finally
        {
            await down.ReviveAsync(CancellationToken.None);
        }

        await StagingJob.WaitUntilServingAsync(down);
        var made = await StagingJob.ServedAsync(up);
        Assert.NotEqual(old, made);
        Assert.Equal(old, await StagingJob.ServedAsync(down));
        var untouched = await team.RunningAsync(up);

        var again = await team.BuildAsync(Deploy);

        Assert.Equal(0, again.ExitCode);
        AssertNames(again.Output, $"on some hosts another release or none → {made}");
        await AssertServingAsync(made);
        team.IsServing = true;
        Assert.Equal(untouched, await team.RunningAsync(up));
        Assert.DoesNotContain($"[{up.Address}] switch", again.Output, StringComparison.Ordinal);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A person's own key, as the team's configuration names it.</summary>
    private string Keys => $"ssh:\n  keys: [{team.World.Spec.KeyFile}]\n";

    /// <summary>Both servers serve what the team has committed; returns its version.</summary>
    private async Task<string> ServeAsync()
    {
        await team.ServeAsync(2, () => Keys);
        return await StagingJob.ServedAsync(team.World.Servers[0]);
    }

    /// <summary>Deploys what cannot be deployed; fails unless the old release serves on, and nothing is left behind.</summary>
    /// <returns>What the person reads.</returns>
    private async Task<string> FailAsync()
    {
        var serving = await StagingJob.ServedAsync(team.World.Servers[0]);
        ProcessResult ended;
        try
        {
            ended = await team.BuildAsync(Deploy);
        }
        finally
        {
            await team.RestoreAsync();
        }

        Assert.Equal(Failed, ended.ExitCode);
        Assert.Single(ended.Lines, line => line.Text.Contains("[ERR]", StringComparison.Ordinal));
        Assert.DoesNotMatch(StackTrace(), ended.Text);
        Assert.Contains("Build failed on", ended.Text, StringComparison.Ordinal);
        await AssertServingAsync(serving);
        return ended.Output;
    }

    private async Task AssertServingAsync(string version)
    {
        foreach (var server in team.World.Servers)
        {
            Assert.Equal((server.Address, version), (server.Address, await StagingJob.ServedAsync(server)));
            Assert.Single(await team.RunningAsync(server));
        }

        await team.AssertNoLeaseAsync();
    }

    private static void AssertNames(string report, params ReadOnlySpan<string> facts)
    {
        foreach (var fact in facts)
        {
            Assert.Contains(fact, report, StringComparison.Ordinal);
        }
    }

    private async Task<string> MakeKeyAsync(NestedServer server)
    {
        var key = await server.ExecAsync("cd $(mktemp -d) && ssh-keygen -q -t ed25519 -N '' -f key && cat key", Token);
        var path = $"{team.Team}.another_key";
        await File.WriteAllTextAsync(path, key + "\n", Token);
        return path;
    }

    [GeneratedRegex(@"^\s+at \S+\(", RegexOptions.Multiline)]
    private static partial Regex StackTrace();
}
