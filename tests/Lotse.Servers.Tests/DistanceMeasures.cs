using System.Diagnostics;
using System.Globalization;
using Lotse.EndToEnd.Host;
using Lotse.Execution.Deployments;
using Lotse.Execution.Ports;
using Lotse.Testing.Servers;

namespace Lotse.Servers.Tests;

/// <summary>
/// Numbers, not judgements: run by <c>./build.sh Benchmark</c>, and by nothing else. What a deploy of changed code costs through relays next door and
/// through some with a round trip of 50 ms, turn by turn in one run; the difference is told in round trips.
/// </summary>
[Collection(SharedServers.OneByOne)]
public sealed class DistanceMeasures(SharedServers shared)
{
    private const int Rounds = 5;
    private const int Many = 8;
    private const string All = "all";
    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(50);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Explicit = true)]
    public async Task Round_trips_of_a_deploy_of_changed_code()
    {
        await using var world = await shared.CreateAsync(1, Token);
        var (near, far) = await CompareAsync(world, new VersionCounter());

        Say($"{"", -9}{"near s", 9}{"far s", 9}{"round trips", 13}");
        foreach (var stage in near.Keys)
        {
            var trips = (far[stage] - near[stage]) / RoundTrip.TotalSeconds;
            Say(Invariant($"{stage, -9}{near[stage], 9:0.000}{far[stage], 9:0.000}{trips, 13:0.0}"));
        }
    }

    /// <summary>
    /// All servers are this one machine, so that what their engines compute adds up: the same deploy next door tells how much that is, and is taken off.
    /// </summary>
    [Fact(Explicit = true)]
    public async Task Eight_hosts_against_one()
    {
        await using var fleet = await ServerFleet.StartAsync(shared.Engine, Many, new ServerOptions(), Token);
        var versions = new VersionCounter();
        Dictionary<string, double> near1,
            far1,
            near8,
            far8;
        await using (var one = await shared.CreateAsync(fleet, 1, Token))
        {
            (near1, far1) = await CompareAsync(one, versions);
        }

        await using (var eight = await shared.CreateAsync(fleet, Many, Token))
        {
            (near8, far8) = await CompareAsync(eight, versions);
        }

        Say(
            $"{"", -9}{"1 near s", 10}{"1 far s", 10}{"8 near s", 10}{"8 far s", 10}{"8/1 far", 9}{"8/1 far apart from computing", 31}"
        );
        foreach (var stage in far1.Keys)
        {
            var computing = near8[stage] - near1[stage];
            Say(
                Invariant(
                    $"{stage, -9}{near1[stage], 10:0.000}{far1[stage], 10:0.000}{near8[stage], 10:0.000}{far8[stage], 10:0.000}{far8[stage] / far1[stage], 9:0.00}{(far8[stage] - computing) / far1[stage], 31:0.00}"
                )
            );
        }
    }

    /// <summary>Deploys turn by turn through both sets of relays; the medians of each stage, in seconds.</summary>
    private static async Task<(Dictionary<string, double> Near, Dictionary<string, double> Far)> CompareAsync(
        FleetWorld world,
        VersionCounter versions
    )
    {
        await using var near = new Relays(world, TimeSpan.Zero);
        await using var far = new Relays(world, RoundTrip / 2);
        await TimesAsync(world, near, versions.Next());
        var (nears, fars) = (new List<Dictionary<string, double>>(), new List<Dictionary<string, double>>());
        for (var round = 0; round < Rounds; round++)
        {
            nears.Add(await TimesAsync(world, near, versions.Next()));
            fars.Add(await TimesAsync(world, far, versions.Next()));
        }

        return (Medians(nears), Medians(fars));
    }

    private static async Task<Dictionary<string, double>> TimesAsync(FleetWorld world, Relays relays, string version)
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
        await File.WriteAllTextAsync(changed, version, Token);
        await world.BeginAnewAsync(spec => spec with { Servers = relays.Addresses, SshPort = relays.Port });
        await using var deployment = world.Deployer.Begin(new ReleaseSpec(version), "measure@test");
        // Beside this a deploy finds out its version, which takes longer.
        await TimeAsync(
            "connect",
            () => Task.WhenAll(relays.Addresses.Select(a => world.Deployer.ConnectAsync(a, Token)))
        );
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
        times[All] = times.Values.Sum();
        return times;
    }

    private static Dictionary<string, double> Medians(List<Dictionary<string, double>> rounds) =>
        rounds[0]
            .Keys.ToDictionary(stage => stage, stage => rounds.Select(r => r[stage]).Order().ElementAt(Rounds / 2));

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static void Say(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);

    private sealed class VersionCounter
    {
        private int last;

        public string Next() => $"v{++last}";
    }
}
