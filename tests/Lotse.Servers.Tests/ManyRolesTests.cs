using System.Collections.Concurrent;
using Lotse.EndToEnd.Host;
using Lotse.Execution.Deployments;
using Lotse.Execution.Reporting;

namespace Lotse.Servers.Tests;

/// <summary>A server with more containers of the service than an engine's client has connections over SSH.</summary>
public sealed class ManyRolesTests(SharedServers shared)
{
    /// <summary>With the one that serves they need a second and a third connection of their own.</summary>
    private const int Many = 9;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    [Fact]
    [AllOnly(
        "ManyRolesTests.So_it_is_on_a_server_that_allows_two_sessions_on_a_connection: the same with fewer sessions, so that more connections are needed"
    )]
    public async Task Deploys_and_logs_that_are_followed_hold_up_nothing()
    {
        await using var world = await shared.CreateAsync(1, Token);

        await AssertHoldUpNothingAsync(world, Many);
    }

    /// <summary>Few need further connections there already.</summary>
    [Theory]
    [RepresentedBy(
        "four workers, of whose logs at most two go over one connection: with the one that serves three connections"
    )]
    [InlineData(4)]
    [AllOnlyData(Many)]
    public async Task So_it_is_on_a_server_that_allows_two_sessions_on_a_connection(int workers)
    {
        await using var world = await shared.CreateAsync(1, Token);
        await world.Servers[0].SetSshAsync("MaxSessions 2", Token);
        try
        {
            await AssertHoldUpNothingAsync(world, workers);
        }
        finally
        {
            await world.Servers[0].SetSshAsync(null, CancellationToken.None);
        }
    }

    private static async Task AssertHoldUpNothingAsync(FleetWorld world, int workers)
    {
        await world.DeployAsync(Release("v1", workers)).WaitAsync(Limit, Token);
        await world.DeployAsync(Release("v2", workers)).WaitAsync(Limit, Token);
        var lines = new ConcurrentQueue<(string From, string Text)>();
        var all = new TaskCompletionSource();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var following = world
            .Deployer.Operate(Release("v2", workers))
            .ReadLogsAsync(new LogRequest { Follow = true }, Take, stop.Token);

        await Task.WhenAny(all.Task, following).WaitAsync(Limit, Token);
        var status = await world.Deployer.Operate(Release("v2", workers)).GetStatusAsync(Token).WaitAsync(Limit, Token);

        Assert.False(following.IsCompleted, $"{following.Exception}");
        Assert.Equal(workers, status[0].Observed.Containers.Count(c => c.IsRunning && c.Role != "web"));
        Assert.Empty(world.Deployer.Observer.Events.OfType<Warning>());
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => following.WaitAsync(Limit, Token));

        void Take(string from, string text)
        {
            lines.Enqueue((from, text));
            if (
                lines.Where(l => l.Text.StartsWith("working as", StringComparison.Ordinal)).Distinct().Count()
                == workers
            )
            {
                all.TrySetResult();
            }
        }
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static ReleaseSpec Release(string version, int workers) => new(version) { Workers = workers };
}
