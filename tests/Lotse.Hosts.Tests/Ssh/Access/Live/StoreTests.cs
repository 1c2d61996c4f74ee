using Lotse.Hosts.Ssh;
using Lotse.Testing.Waiting;
using Microsoft.Extensions.Time.Testing;

namespace Lotse.Hosts.Tests.Ssh.Access.Live;

/// <summary>What is kept on a server is for all who may use its engine: a lease that others do not see is none.</summary>
public sealed class StoreTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("a first deploy", "")]
    [InlineData(
        "what root once made for itself",
        "umask 077; mkdir -p app; echo 1 >app/old; mkdir data; echo 1 >data/own"
    )]
    [InlineData("what ServerSetup made", "install -d -m 2770 -g docker .; umask 077; mkdir app; chmod g-s app")]
    public async Task What_root_writes_is_for_the_engines_group(string scenario, string before)
    {
        await using var live = await LiveConnection.StartAsync(settings => settings);
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can give folders to a group.");
        var folder = Path.Combine(live.Root, "state");
        SshTools.Run("sh", "-c", $"getent group docker >/dev/null || groupadd --force --system docker; mkdir {folder}");
        SshTools.Run("sh", "-c", $"cd {folder}; {before}");
        using var store = new SshStore(live.Connection, $"{folder}/app", new ServerClock(TimeProvider.System));

        Assert.True(await store.CompareAndSwapAsync("lease.json", null, "{}", Token));
        await store.AppendAsync("journal", ["one"], Token);

        var found = SshTools.Run("sh", "-c", $"cd {folder}; stat -c '%n %G %A' . app app/*");
        Assert.All(
            found.Split('\n', StringSplitOptions.RemoveEmptyEntries),
            line => Assert.Matches(" docker (drwxrws---|-rw.rw----)$", line)
        );
        Assert.Contains("app/lease.json", found, StringComparison.Ordinal);
        if (scenario.Contains("itself", StringComparison.Ordinal))
        {
            Assert.Equal("-rw-------\n", SshTools.Run("stat", "-c", "%A", $"{folder}/data/own"));
        }
    }

    /// <summary>This machine's clock is said to be 100 s behind, and stands: what is told with each answer is 100 s ahead of it, and what passes.</summary>
    [Fact]
    public async Task Each_answer_tells_the_servers_time()
    {
        await using var live = await LiveConnection.StartAsync(settings => settings);
        var own = new FakeTimeProvider(TimeProvider.System.GetUtcNow() - TimeSpan.FromSeconds(100));
        foreach (var folder in new[] { "missing", "made" })
        {
            var clock = new ServerClock(own);
            using var store = new SshStore(live.Connection, $"{live.Root}/state/{folder}", clock);
            if (folder == "made")
            {
                Assert.True(await store.CompareAndSwapAsync("lease.json", null, "{}", Token));
                Assert.False(await store.CompareAndSwapAsync("lease.json", null, "{}", Token));
            }
            else
            {
                Assert.Null(await store.ReadAsync("lease.json", Token));
            }

            Assert.InRange(clock.Ahead ?? TimeSpan.Zero, TimeSpan.FromSeconds(99), TimeSpan.FromMinutes(10));
        }
    }

    /// <param name="seconds">How long it waits; null for as long as in truth.</param>
    [Theory]
    [RepresentedBy(
        "a wait of one second: the same script; that the true wait is shorter than a write may take is compared in both"
    )]
    [InlineData(1)]
    [AllOnlyData(null)]
    public async Task Who_waits_for_another_writer_gives_up_before_it_is_given_up(int? seconds)
    {
        Assert.True(SshStore.LockLimit < SshStore.Limit);
        await using var live = await LiveConnection.StartAsync(settings => settings);
        using var store = new SshStore(
            live.Connection,
            $"{live.Root}/state/app",
            new ServerClock(TimeProvider.System),
            lockLimit: seconds is { } wait ? TimeSpan.FromSeconds(wait) : null
        );
        await store.ReplaceAsync("file", "1", Token);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var holding = live.Connection.RunAsync(
            "hold",
            $"exec 9>{live.Root}/state/app/.lock; flock 9; touch {live.Root}/held; sleep 600",
            null,
            Timeout.InfiniteTimeSpan,
            stop.Token,
            isLong: true
        );
        await live.Connection.RunAsync(
            "wait",
            $"until [ -e {live.Root}/held ]; do sleep 0.05; done",
            null,
            TimeSpan.FromMinutes(5),
            Token
        );

        var late = await Wait.ForAsync(
            WaitKind.TimeLimit,
            Assert.ThrowsAsync<Execution.Ports.HostException>(() => store.ReplaceAsync("file", "2", Token))
        );

        Assert.Contains("holds the lock", late.Evidence, StringComparison.Ordinal);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => holding);
        Assert.Equal("1", await store.ReadAsync("file", Token));
    }
}
