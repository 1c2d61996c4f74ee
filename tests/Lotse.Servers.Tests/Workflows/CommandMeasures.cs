using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Lotse.Testing.Servers;

namespace Lotse.Servers.Tests.Workflows;

/// <summary>
/// Run by <c>./build.sh Benchmark</c>, and by nothing else. What distance adds to the command <c>./build.sh DeployStaging</c> after a change of the
/// application's code: stage by stage, and judged in sum. Building is not in that sum, because it happens on this machine and takes another time each time;
/// the time of the whole process, in which it is, stands beside it. Of each way the turn that was disturbed least counts.
/// </summary>
[Collection(Measures.Name)]
public sealed partial class CommandMeasures(StagingJob team) : IClassFixture<StagingJob>
{
    private const int Rounds = 5;
    private const string All = "all";
    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(50);
    private static readonly string[] OnServers = ["Preflight", "Push", "Pull", "Switch", "Cleanup"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Explicit = true)]
    public async Task Round_trips_of_the_whole_command()
    {
        await team.PrepareAsync();
        var server = team.World.Servers[0];
        await using var near = Relay(server, TimeSpan.Zero);
        await using var far = Relay(server, RoundTrip / 2);
        await TimesAsync(near, "first");
        var (nears, fars) = (new List<Dictionary<string, double>>(), new List<Dictionary<string, double>>());
        for (var round = 0; round < Rounds; round++)
        {
            nears.Add(await TimesAsync(near, $"near {round}"));
            fars.Add(await TimesAsync(far, $"far {round}"));
        }

        Verdict.Say($"{"command", -9}{"near s", 9}{"far s", 9}{"round trips", 13}");
        foreach (var stage in nears[0].Keys)
        {
            var (a, b) = (Least(nears, stage), Least(fars, stage));
            var trips = (b - a) / RoundTrip.TotalSeconds;
            Verdict.Say(
                string.Create(CultureInfo.InvariantCulture, $"{stage, -9}{a, 9:0.00}{b, 9:0.00}{trips, 13:0.0}")
            );
        }

        var more = (Least(fars, All) - Least(nears, All)) / RoundTrip.TotalSeconds;
        Verdict.Require("round trips more", more, Verdict.MostTrips);
    }

    private static DelayingRelay Relay(NestedServer server, TimeSpan oneWay) =>
        DelayingRelay.Start(server.Address, NestedServer.SshPort, oneWay, TimeProvider.System);

    private async Task<Dictionary<string, double>> TimesAsync(DelayingRelay relay, string change)
    {
        await team.ChangeAsync(change, relay);
        var start = Stopwatch.GetTimestamp();
        var ended = await team.RunAsync(StagingJob.Build, "DeployStaging", "--root", team.Team);
        var process = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Assert.True(ended.ExitCode == 0, ended.Text);
        var told = ended.Lines.Last(l => l.Text.Contains("Stages: ", StringComparison.Ordinal)).Text;
        var stages = Stage()
            .Matches(told)
            .ToDictionary(m => m.Groups[1].Value, m => double.Parse(m.Groups[2].Value, CultureInfo.InvariantCulture));
        var times = OnServers.ToDictionary(name => name, name => stages[name]);
        times[All] = times.Values.Sum();
        times["process"] = process;
        return times;
    }

    /// <summary>The turn that was disturbed least: what else the machine does can only make one longer.</summary>
    private static double Least(List<Dictionary<string, double>> rounds, string stage) => rounds.Min(r => r[stage]);

    [GeneratedRegex(@"(\w+) (\d+\.\d+) s")]
    private static partial Regex Stage();
}
