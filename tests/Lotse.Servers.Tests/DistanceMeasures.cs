using System.Diagnostics;
using System.Globalization;
using Lotse.EndToEnd.Host;
using Lotse.Execution.Deployments;
using Lotse.Execution.Ports;
using Lotse.Testing.Servers;

namespace Lotse.Servers.Tests;

/// <summary>
/// Numbers, not judgements: run by <c>./build.sh Benchmark</c>, and by nothing else. What a deploy of changed code costs through a relay next door and
/// through one with a round trip of 50 ms, turn by turn in one run; the difference is told in round trips.
/// </summary>
[Collection(SharedServers.OneByOne)]
public sealed class DistanceMeasures(SharedServers shared)
{
    private const int Rounds = 5;
    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(50);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Explicit = true)]
    public async Task Round_trips_of_a_deploy_of_changed_code()
    {
        await using var world = await shared.CreateAsync(1, Token);
        await using var near = Relay(world, TimeSpan.Zero);
        await using var far = Relay(world, RoundTrip / 2);
        var version = 0;
        await TimesAsync(world, near, ++version);
        var (nears, fars) = (new List<Dictionary<string, double>>(), new List<Dictionary<string, double>>());
        for (var round = 0; round < Rounds; round++)
        {
            nears.Add(await TimesAsync(world, near, ++version));
            fars.Add(await TimesAsync(world, far, ++version));
        }

        Say($"{"", -9}{"near s", 9}{"far s", 9}{"round trips", 13}");
        foreach (var stage in nears[0].Keys)
        {
            var (a, b) = (Median(nears, stage), Median(fars, stage));
            Say(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{stage, -9}{a, 9:0.000}{b, 9:0.000}{(b - a) / RoundTrip.TotalSeconds, 13:0.0}"
                )
            );
        }

        Assert.All(fars, stages => Assert.True(stages["all"] > 0));
    }

    private static DelayingRelay Relay(FleetWorld world, TimeSpan oneWay)
    {
        var server = world.Servers[0];
        var relay = DelayingRelay.Start(server.Address, NestedServer.SshPort, oneWay, TimeProvider.System);
        var pins = Path.Combine(world.Spec.ProjectFolder, "config", "known_hosts");
        File.AppendAllLines(pins, server.HostKeys.Select(key => key.KnownHostsLine($"[127.0.0.1]:{relay.Port}")));
        return relay;
    }

    private static async Task<Dictionary<string, double>> TimesAsync(FleetWorld world, DelayingRelay relay, int version)
    {
        var times = new Dictionary<string, double>();
        async Task<T> TimeAsync<T>(string stage, Func<Task<T>> run)
        {
            var start = Stopwatch.GetTimestamp();
            var result = await run();
            times[stage] = Stopwatch.GetElapsedTime(start).TotalSeconds;
            return result;
        }

        var changed = Path.Combine(world.Spec.ProjectFolder, "Lotse.TestApp.payload");
        await File.WriteAllTextAsync(changed, $"{version}", Token);
        await world.BeginAnewAsync(spec => spec with { Servers = ["127.0.0.1"], SshPort = relay.Port });
        await using var deployment = world.Deployer.Begin(new ReleaseSpec($"v{version}"), "measure@test");
        // Beside this a deploy finds out its version, which takes longer.
        await TimeAsync("connect", () => world.Deployer.ConnectAsync("127.0.0.1", Token));
        await TimeAsync("look", () => deployment.LookAsync(Token));
        var built = await TimeAsync("build", () => deployment.BuildAsync(new Progress<BuildProgress>(), Token));
        var pushed = await TimeAsync("push", () => deployment.PushAsync(built, new Progress<LayerProgress>(), Token));
        var prepared = await TimeAsync("pull", () => deployment.PrepareAsync(pushed, Token));
        var switched = await TimeAsync("switch", () => deployment.SwitchAsync(prepared, Token));
        await TimeAsync(
            "cleanup",
            async () =>
            {
                await deployment.CleanUpAsync(switched, Token);
                return true;
            }
        );
        times["all"] = times.Values.Sum();
        return times;
    }

    private static double Median(List<Dictionary<string, double>> rounds, string stage) =>
        rounds.Select(r => r[stage]).Order().ElementAt(rounds.Count / 2);

    private static void Say(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);
}
