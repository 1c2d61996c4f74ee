using Lotse.EndToEnd.Host;
using Lotse.Testing.Servers;

namespace Lotse.Servers.Tests;

/// <summary>
/// A server that cannot be reached, or whose user may not do what a deploy needs: the person reads which one, why, and what to do next,
/// before anything is built; what serves goes on serving.
/// </summary>
public sealed class UnreachableServerTests(ServingFleet fleet) : IClassFixture<ServingFleet>
{
    private const string NoSuchName = "no-such-server.invalid";
    private const string User = "deployer";

    [Fact]
    public async Task A_wrong_host_name_is_named()
    {
        var message = await RefuseAsync(spec => spec with { Servers = [.. spec.Servers, NoSuchName] });

        AssertNames(message, NoSuchName, "1 of 4 host(s)", "name servers", "--skip-host");
    }

    [Fact]
    [AllOnly(
        "UnreachableServerTests.Of_three_servers_all_that_are_broken_are_in_one_report: one of the three is a closed port"
    )]
    public async Task A_closed_port_is_named()
    {
        var closed = "";
        var message = await RefuseAsync(spec =>
            spec with
            {
                Servers = [spec.Servers[0], spec.Servers[1], closed = $"{spec.Servers[2]}:1"],
            }
        );

        AssertNames(message, closed, "1 of 3 host(s)", $"{closed}: the connection was refused", "ssh.port");
    }

    [Fact]
    public async Task A_key_that_no_server_accepts_is_named()
    {
        var key = Path.Combine((await fleet.GetAsync(Token)).Spec.ProjectFolder, "another_key");
        var message = await RefuseAsync(
            spec => spec with { KeyFile = key },
            world => MakeKeyAsync(world.Servers[0], key),
            _ => Task.CompletedTask
        );

        var world = await fleet.GetAsync(Token);
        AssertNames(message, world.Servers[0].Address, "3 of 3 host(s)", key, "refused", "authorized_keys");
        Assert.All(world.Servers, server => AssertNames(message, server.Address));
    }

    [Fact]
    public async Task A_changed_host_key_is_named_with_both_fingerprints()
    {
        var message = await RefuseAsync(spec => spec, world => SwapPinsAsync(world, 1, 2), RestorePinsAsync);

        var servers = (await fleet.GetAsync(Token)).Servers;
        AssertNames(message, servers[1].Address, "1 of 3 host(s)", "PinHostKeys --replace", "ssh-keygen -lf");
        Assert.Contains(servers[1].HostKeys, key => Says(message, key.Fingerprint));
        Assert.Contains(servers[2].HostKeys, key => Says(message, key.Fingerprint));
    }

    [Fact]
    public async Task A_user_without_the_right_to_the_engine_is_named()
    {
        var host = "";
        var message = await RefuseAsync(
            spec => spec with { Servers = [spec.Servers[0], host = $"{User}@{spec.Servers[1]}", spec.Servers[2]] },
            world => AddUserAsync(world.Servers[1]),
            world => world.Servers[1].ExecAsync($"userdel --remove {User} 2>/dev/null", Token)
        );

        AssertNames(message, host, "1 of 3 host(s)", $"the user {User} has no right", $"usermod -aG docker {User}");
    }

    [Theory]
    [RepresentedBy(
        "one that hangs, of which no error tells; one that died is among the three of Of_three_servers_all_that_are_broken_are_in_one_report, and one without a socket "
            + "is refused by the same call"
    )]
    [InlineData(EngineState.Hanging)]
    [AllOnlyData(EngineState.Gone)]
    [AllOnlyData(EngineState.Dead)]
    public async Task An_engine_that_does_not_answer_is_named(EngineState state)
    {
        var message = await RefuseAsync(
            spec => spec,
            world => BreakEngineAsync(world.Servers[2], state),
            world => MendEngineAsync(world.Servers[2])
        );

        AssertNames(message, (await fleet.GetAsync(Token)).Servers[2].Address, "1 of 3 host(s)", "systemctl");
    }

    [Fact]
    public async Task A_clock_that_is_far_off_is_named_with_the_way_to_set_it()
    {
        const string Date = "/usr/local/bin/date";
        var message = await RefuseAsync(
            spec => spec,
            world =>
                world
                    .Servers[1]
                    .ExecAsync(
                        $"printf '#!/bin/sh\\nexec /bin/date --date=\"300 seconds\" \"$@\"\\n' >{Date} && chmod +x {Date}",
                        Token
                    ),
            world => world.Servers[1].ExecAsync($"rm {Date}", Token)
        );

        AssertNames(
            message,
            (await fleet.GetAsync(Token)).Servers[1].Address,
            "1 problem(s)",
            "ahead of",
            "timedatectl"
        );
    }

    [Fact]
    public async Task Of_three_servers_all_that_are_broken_are_in_one_report()
    {
        var closed = "";
        var message = await RefuseAsync(
            spec => spec with { Servers = [closed = $"{spec.Servers[0]}:1", spec.Servers[1], spec.Servers[2]] },
            async world =>
            {
                await SwapPinsAsync(world, 1, 2);
                await BreakEngineAsync(world.Servers[2], EngineState.Dead);
            },
            async world =>
            {
                await RestorePinsAsync(world);
                await MendEngineAsync(world.Servers[2]);
            }
        );

        var servers = (await fleet.GetAsync(Token)).Servers;
        AssertNames(message, closed, "3 of 3 host(s)", "the connection was refused");
        AssertNames(message, servers[1].Address, "which is not the key that is known for it");
        AssertNames(message, servers[2].Address, "systemctl");
    }

    public enum EngineState
    {
        /// <summary>Not started: there is no socket.</summary>
        Gone,

        /// <summary>Died, and left its socket.</summary>
        Dead,

        /// <summary>Takes connections, and answers nothing.</summary>
        Hanging,
    }

    private const string Socket = "/var/run/docker.sock";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Task<string> RefuseAsync(Func<WorldSpec, WorldSpec> change) =>
        RefuseAsync(change, _ => Task.CompletedTask, _ => Task.CompletedTask);

    private Task<string> RefuseAsync(
        Func<WorldSpec, WorldSpec> change,
        Func<FleetWorld, Task> breakAsync,
        Func<FleetWorld, Task> mendAsync
    ) => fleet.RefuseAsync(change, breakAsync, mendAsync, Token);

    private static void AssertNames(string message, string host, params ReadOnlySpan<string> facts)
    {
        Assert.Contains($"[{host}]", message, StringComparison.Ordinal);
        foreach (var fact in facts)
        {
            Assert.Contains(fact, message, StringComparison.Ordinal);
        }
    }

    private static bool Says(string message, string word) => message.Contains(word, StringComparison.Ordinal);

    private static async Task MakeKeyAsync(NestedServer server, string path)
    {
        var key = await server.ExecAsync("cd $(mktemp -d) && ssh-keygen -q -t ed25519 -N '' -f key && cat key", Token);
        await File.WriteAllTextAsync(path, key + "\n", Token);
    }

    private static string PinsOf(FleetWorld world) => Path.Combine(world.Spec.ProjectFolder, "config", "known_hosts");

    /// <summary>Pins one server by another one's keys: so its own are not the known ones.</summary>
    private static Task SwapPinsAsync(FleetWorld world, int changed, int other)
    {
        var address = world.Servers[changed].Address;
        var lines = world
            .Servers.Where(s => s.Address != address)
            .SelectMany(s => s.KnownHostsLines)
            .Concat(world.Servers[other].HostKeys.Select(key => key.KnownHostsLine(address)));
        return File.WriteAllLinesAsync(PinsOf(world), lines, Token);
    }

    private static Task RestorePinsAsync(FleetWorld world) =>
        File.WriteAllLinesAsync(PinsOf(world), world.Servers.SelectMany(s => s.KnownHostsLines), Token);

    private static Task<string> AddUserAsync(NestedServer server) =>
        server.ExecAsync(
            $"useradd --create-home --shell /bin/sh {User} && cp -r /root/.ssh /home/{User}/ "
                + $"&& chown -R {User}: /home/{User}/.ssh",
            Token
        );

    /// <summary>Containers run on without their engine, and serve.</summary>
    private static Task<string> BreakEngineAsync(NestedServer server, EngineState state) =>
        server.ExecAsync(
            state switch
            {
                EngineState.Hanging => "kill -STOP $(cat /run/docker.pid)",
                EngineState.Dead => $"mv {Socket} {Socket}.away && perl -MSocket -e "
                    + $"'socket(S, PF_UNIX, SOCK_STREAM, 0); bind(S, sockaddr_un(\"{Socket}\")) or die $!'",
                _ => $"mv {Socket} {Socket}.away",
            },
            Token
        );

    private static Task<string> MendEngineAsync(NestedServer server) =>
        server.ExecAsync(
            $"kill -CONT $(cat /run/docker.pid); if [ -e {Socket}.away ]; then mv {Socket}.away {Socket}; fi",
            Token
        );
}
