using System.Text.Json;
using Lotse.EndToEnd.Host;
using Lotse.Testing.Load;
using Lotse.Testing.Processes;

namespace Lotse.EndToEnd.Tests;

/// <summary>
/// A deployer that is killed, whenever it may be, harms no client, and the next deploy needs no help.
/// </summary>
[Collection(SharedEngine.OneByOne)]
public sealed class DeadDeployerTests(SharedEngine shared)
{
    private const int MostMoments = 60;
    private const int Killed = 128 + 9;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Killed_at_any_moment_of_an_upgrade_it_is_followed_by_a_deploy_that_converges()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var world = await shared.CreateAsync(cancellation);
        await world.DeployAsync("v0");
        await using var load = await world.LoadAsync(Brief);
        var expected = new List<string> { "v0" };

        for (var moments = 0; ; moments++)
        {
            Assert.True(moments < MostMoments, "A deployer that lives so long must come to its end.");
            var version = $"v{moments + 1}";
            expected.Add(version);
            var exit = await DeployInProcessAsync(world, version, moments, cancellation);
            if (exit.ExitCode != Killed)
            {
                Assert.True(exit.ExitCode == 0, exit.Error);
                await world.AssertAtRestAsync(version);
                break;
            }

            Assert.NotNull(await world.VersionAsync());
            var found = await world.DeployAsync(version);
            await load.WaitForVersionAsync(version, 3, Limit, cancellation);
            // Killed when all was done, it left nothing to do: then the next deploy that has something to do ends the journal.
            await world.AssertAtRestAsync(version, isJournalEnded: !found.IsUpToDate);
        }

        var report = await load.StopAsync();
        report.AssertNothingFailed();
        Assert.Equal(expected, report.Versions);
        TestContext.Current.TestOutputHelper?.WriteLine(report.ToString());
    }

    /// <summary>Requests that are over soon: each of many drains waits for them.</summary>
    private static LoadProfile Brief =>
        new()
        {
            RequestsPerSecond = 60,
            SlowDuration = TimeSpan.FromMilliseconds(400),
            StreamChunks = 4,
            MaxDuration = TimeSpan.FromMinutes(20),
        };

    private static async Task<ProcessResult> DeployInProcessAsync(
        TestWorld world,
        string version,
        int moments,
        CancellationToken cancellation
    )
    {
        var file = Path.Combine(world.Spec.ProjectFolder, "..", "world.json");
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(world.Spec), cancellation);
        var host = Path.Combine(AppContext.BaseDirectory, "Lotse.EndToEnd.Host.dll");
        var request = new ProcessRequest { FileName = "dotnet", Arguments = [host, file, version, $"{moments}"] };
        return await TestProcess.RunAsync(request, Limit, cancellation);
    }
}
