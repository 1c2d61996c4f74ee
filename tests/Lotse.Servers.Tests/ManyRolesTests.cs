using System.Collections.Concurrent;
using Lotse.EndToEnd.Host;
using Lotse.Execution.Deployments;
using Lotse.Execution.Reporting;

namespace Lotse.Servers.Tests;

/// <summary>A server with more containers of the service than an engine's client has connections over SSH.</summary>
[Collection(SharedServers.OneByOne)]
public sealed class ManyRolesTests(SharedServers shared)
{
    /// <summary>With the one that serves they need a second and a third connection of their own.</summary>
    private const int Workers = 9;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Deploys_and_logs_that_are_followed_hold_up_nothing()
    {
        await using var world = await shared.CreateAsync(1, Token);
        await world.DeployAsync(Release("v1")).WaitAsync(Limit, Token);
        await world.DeployAsync(Release("v2")).WaitAsync(Limit, Token);
        var lines = new ConcurrentQueue<(string From, string Text)>();
        var all = new TaskCompletionSource();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var following = world
            .Deployer.Operate(Release("v2"))
            .ReadLogsAsync(new LogRequest { Follow = true }, Take, stop.Token);

        await Task.WhenAny(all.Task, following).WaitAsync(Limit, Token);
        var status = await world.Deployer.Operate(Release("v2")).GetStatusAsync(Token).WaitAsync(Limit, Token);

        Assert.False(following.IsCompleted, $"{following.Exception}");
        Assert.Equal(Workers, status[0].Observed.Containers.Count(c => c.IsRunning && c.Role != "web"));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => following.WaitAsync(Limit, Token));

        void Take(string from, string text)
        {
            lines.Enqueue((from, text));
            if (
                lines.Where(l => l.Text.StartsWith("working as", StringComparison.Ordinal)).Distinct().Count()
                == Workers
            )
            {
                all.TrySetResult();
            }
        }
    }

    [Fact]
    public async Task A_server_that_allows_too_few_sessions_for_them_is_named_with_what_to_do()
    {
        await using var world = await shared.CreateAsync(1, Token);
        await world.DeployAsync(Release("v1")).WaitAsync(Limit, Token);
        await world.Servers[0].SetSshAsync("MaxSessions 4", Token);
        try
        {
            await world.BeginAnewAsync();

            var refused = await Assert.ThrowsAsync<SomeHostsFailedException>(() =>
                world
                    .Deployer.Operate(Release("v1"))
                    .ReadLogsAsync(new LogRequest { Follow = true }, (_, _) => { }, Token)
                    .WaitAsync(Limit, Token)
            );

            Assert.Contains(world.Servers[0].Address, refused.Message, StringComparison.Ordinal);
            var told = Assert.Single(world.Deployer.Observer.Events.OfType<Warning>());
            Assert.Equal(world.Servers[0].Address, told.Host);
            Assert.Contains("MaxSessions 10", told.Text, StringComparison.Ordinal);
        }
        finally
        {
            await world.Servers[0].SetSshAsync(null, CancellationToken.None);
        }
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static ReleaseSpec Release(string version) => new(version) { Workers = Workers };
}
