using Lotse.Execution.Leases;
using Lotse.Testing.Servers;

namespace Lotse.Servers.Tests;

/// <summary>
/// How often a deploy waits for the network. Alone, because the busier the machine is, the more pieces arrive, each of which counts.
/// </summary>
[Collection(Measures.Name)]
public sealed class DistanceTests(SharedServers shared)
{
    // Turns of the conversation, many of them beside each other: 51 to 69 were seen. How many differs from run to run, since what is said at once arrives in pieces. What polls
    // over the wire while a release becomes healthy, drains or bakes adds dozens, and more the farther the server is; one question more is the benchmark's to find, which
    // measures how often a deploy really waits.
    private const long MostRoundTrips = 80;
    private const long Pieces = 20;

    /// <summary>How often an idle connection is asked whether it is still there.</summary>
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(4);

    [Fact]
    public async Task What_waits_for_the_network_is_the_same_however_far_the_server_is()
    {
        await using var world = await shared.CreateAsync(1, Token);
        await world.DeployAsync("v1");
        var (here, _) = await RoundTripsOfAsync(world, "v2", seed: 4, TimeSpan.Zero);

        var (there, heartbeats) = await RoundTripsOfAsync(world, "v3", seed: 5, TimeSpan.FromMilliseconds(25));

        TestContext.Current.TestOutputHelper?.WriteLine($"near {here}, far {there}, of them {heartbeats} heartbeats");
        Assert.InRange(there.RoundTrips, 1, MostRoundTrips + heartbeats);
        // Next door, what is said side by side makes more turns: none of them waits for another.
        Assert.InRange(there.RoundTrips, 1, here.RoundTrips + Pieces + heartbeats);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <returns>What crossed the wire, and how many turns of it may be heartbeats of the lease and of the connection: the longer it took, the more.</returns>
    private static async Task<(RelayTraffic Traffic, long Heartbeats)> RoundTripsOfAsync(
        FleetWorld world,
        string version,
        int seed,
        TimeSpan oneWay
    )
    {
        var server = world.Servers[0];
        await using var relay = DelayingRelay.Start(server.Address, NestedServer.SshPort, oneWay, TimeProvider.System);
        var pins = Path.Combine(world.Spec.ProjectFolder, "config", "known_hosts");
        var lines = server.HostKeys.Select(key => key.KnownHostsLine($"[127.0.0.1]:{relay.Port}"));
        await File.AppendAllLinesAsync(pins, lines, Token);
        await world.BeginAnewAsync(spec => spec with { Servers = ["127.0.0.1"], SshPort = relay.Port });
        await Payload.ChangeAsync(world, seed);
        var begun = TimeProvider.System.GetTimestamp();
        await world.DeployAsync(version);
        var took = TimeProvider.System.GetElapsedTime(begun);
        await world.BeginAnewAsync();
        await world.AssertAtRestAsync(version);
        return (relay.Traffic, 4 + (long)(took / KeepAlive) + (long)(took / LeaseRules.Heartbeat));
    }
}
