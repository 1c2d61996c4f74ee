using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Lotse.EndToEnd.Host;
using Lotse.Execution.Deployments;
using Lotse.Execution.Ports;
using Lotse.Testing.Servers;

namespace Lotse.Servers.Tests;

/// <summary>
/// Run by <c>./build.sh Benchmark</c>, and by nothing else. What a deploy of changed code costs through relays next door and through some with a round trip
/// of 50 ms, turn by turn in one run; the difference is told in round trips. What the whole command costs, which connects while it finds out the version, is
/// judged by <see cref="Workflows.CommandMeasures"/>; eight hosts against one are judged here.
/// </summary>
[Collection(Measures.Name)]
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
        await using var near = new Relays(world, TimeSpan.Zero);
        await using var far = new Relays(world, RoundTrip / 2);

        var times = await TakeTurnsAsync(world, [(near, 1), (far, 1)]);

        Verdict.Say($"{"", -9}{"near s", 9}{"far s", 9}{"round trips", 13}");
        foreach (var stage in times[0].Keys)
        {
            var (a, b) = (times[0][stage], times[1][stage]);
            Verdict.Say(Invariant($"{stage, -9}{a, 9:0.000}{b, 9:0.000}{(b - a) / RoundTrip.TotalSeconds, 13:0.0}"));
        }
    }

    /// <summary>
    /// All servers are this one machine, so that what their engines compute adds up: the same deploy next door tells how much that is, and is taken off.
    /// </summary>
    [Fact(Explicit = true)]
    public async Task Eight_hosts_against_one()
    {
        await using var fleet = await ServerFleet.StartAsync(shared.Engine, Many, new ServerOptions(), Token);
        await using var world = await shared.CreateAsync(fleet, Many, Token);
        await using var near = new Relays(world, TimeSpan.Zero);
        await using var far = new Relays(world, RoundTrip / 2);

        var times = await TakeTurnsAsync(world, [(near, 1), (far, 1), (near, Many), (far, Many)]);

        Verdict.Say(
            $"{"", -9}{"1 near s", 10}{"1 far s", 10}{"8 near s", 10}{"8 far s", 10}{"8/1 far", 9}{"8/1 far apart from computing", 31}"
        );
        foreach (var stage in times[0].Keys)
        {
            var (far1, far8) = (times[1][stage], times[3][stage]);
            Verdict.Say(
                Invariant(
                    $"{stage, -9}{times[0][stage], 10:0.000}{far1, 10:0.000}{times[2][stage], 10:0.000}{far8, 10:0.000}{far8 / far1, 9:0.00}{ApartFromComputing(times, stage), 31:0.00}"
                )
            );
        }

        Verdict.Require("times one host's time for eight", ApartFromComputing(times, All), Verdict.MostTimes);
    }

    private static double ApartFromComputing(List<Dictionary<string, double>> times, string stage) =>
        (times[3][stage] - (times[2][stage] - times[0][stage])) / times[1][stage];

    /// <summary>
    /// Deploys round by round, in each by every way in turn, so that what else the machine does hits all alike; each stage's median in seconds, by way.
    /// </summary>
    private static async Task<List<Dictionary<string, double>>> TakeTurnsAsync(
        FleetWorld world,
        List<(Relays Relays, int Hosts)> ways
    )
    {
        var version = 0;
        var rounds = ways.ConvertAll(_ => new List<Dictionary<string, double>>());
        await TimesAsync(world, ways[^1], $"v{++version}");
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var (way, times) in ways.Zip(rounds))
            {
                times.Add(await TimesAsync(world, way, $"v{++version}"));
            }
        }

        return rounds.ConvertAll(Medians);
    }

    private static async Task<Dictionary<string, double>> TimesAsync(
        FleetWorld world,
        (Relays Relays, int Hosts) way,
        string version
    )
    {
        var relays = way.Relays;
        ImmutableArray<string> addresses = [.. relays.Addresses.Take(way.Hosts)];
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
        await world.BeginAnewAsync(spec => spec with { Servers = addresses, SshPort = relays.Port });
        await using var deployment = world.Deployer.Begin(new ReleaseSpec(version), "measure@test");
        // Beside this a deploy finds out its version.
        await TimeAsync("connect", () => Task.WhenAll(addresses.Select(a => world.Deployer.ConnectAsync(a, Token))));
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
}
