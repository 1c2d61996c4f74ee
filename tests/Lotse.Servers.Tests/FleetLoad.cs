using Lotse.Testing.Load;

namespace Lotse.Servers.Tests;

/// <summary>Load on several servers at once.</summary>
public sealed class FleetLoad(IReadOnlyList<LoadGenerator> loads) : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Requests that are over soon: each drain waits for them. Few a second, because several tests load several servers at once; slow requests, streams and WebSockets
    /// are under way all the time, so that a switch that cuts off anything cuts them off.
    /// </summary>
    public static LoadProfile Profile =>
        new()
        {
            RequestsPerSecond = 12,
            Pause = TimeSpan.FromMilliseconds(200),
            SlowDuration = TimeSpan.FromMilliseconds(500),
            StreamChunks = 5,
            MaxDuration = TimeSpan.FromMinutes(20),
        };

    /// <summary>Waits until a version has given more good answers, on each server.</summary>
    public Task WaitForVersionAsync(string version, long more = 10) =>
        Task.WhenAll(
            loads.Select(l => l.WaitForVersionAsync(version, more, Limit, TestContext.Current.CancellationToken))
        );

    /// <summary>Stops, and fails unless nothing failed.</summary>
    /// <returns>What each server's clients met with.</returns>
    public async Task<LoadReport[]> AssertNothingFailedAsync()
    {
        var reports = await Task.WhenAll(loads.Select(l => l.StopAsync()));
        foreach (var report in reports)
        {
            TestContext.Current.TestOutputHelper?.WriteLine(report.ToString());
            report.AssertNothingFailed();
        }

        return reports;
    }

    /// <summary>The same, and fails unless each server answered with these versions in this order.</summary>
    public async Task AssertNothingFailedAsync(params string[] versions)
    {
        var reports = await AssertNothingFailedAsync();
        Assert.All(reports, report => Assert.Equal(versions, report.Versions));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var load in loads)
        {
            await load.DisposeAsync();
        }
    }
}
