using Lotse.Execution.Deployments;
using Lotse.Execution.Journals;
using Lotse.Execution.Leases;
using Lotse.Execution.Ports;
using Lotse.Execution.Rollouts;
using Microsoft.Extensions.Time.Testing;

namespace Lotse.Execution.Tests.Transcripts;

/// <summary>A deployer that sleeps past its lease, while another one takes over, wakes up and changes nothing more.</summary>
public sealed class SleepTests
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;
    private readonly Fleet fleet = new("web1", "web2");
    private SteppingClock clock = new();
    private List<string> left = [];

    /// <summary>Of its own version too: the other one's containers have the names then that the sleeper would take away.</summary>
    [Theory]
    [InlineData("2", true)]
    [InlineData("3", true)]
    [InlineData("3", false)]
    public async Task Between_stage_and_switch(string others, bool beats)
    {
        clock = beats ? clock : new SilentClock();
        await using var sleeper = await BeginAsync();
        var prepared = await sleeper.PrepareAsync(new PushedImage("app@2", "app:2"), Token);
        fleet.Hosts[1].OnStaged = () => SleepAsync(() => fleet.DeployAsync(others));

        var failed = await Assert.ThrowsAsync<RolloutFailedException>(() => sleeper.SwitchAsync(prepared, Token));

        await AssertUntouchedAsync(others);
        Assert.Contains(
            $"] this deployer no longer holds the lease: bob@there took it over for 'deploy {others}', and is done.",
            failed.Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "[web1] nothing more was taken back: that is up to who took over.",
            failed.Message,
            StringComparison.Ordinal
        );
        Assert.EndsWith(
            "Another deployer is at work: Status shows what serves.",
            failed.Message,
            StringComparison.Ordinal
        );
    }

    /// <summary>The leases of the other hosts are still the sleeper's: traffic moves there neither, not even for a moment.</summary>
    [Fact]
    public async Task Between_stage_and_switch_and_one_host_alone_is_taken_over()
    {
        clock = new SilentClock();
        await using var sleeper = await BeginAsync();
        var prepared = await sleeper.PrepareAsync(new PushedImage("app@2", "app:2"), Token);
        fleet.TakeTranscript();
        fleet.Hosts[1].OnStaged = async () =>
        {
            await fleet.Hosts[1].Store.ReplaceAsync("lease.json", "another's", Token);
            clock.Advance(LeaseRules.Lifetime);
        };

        var failed = await Assert.ThrowsAsync<RolloutFailedException>(() => sleeper.SwitchAsync(prepared, Token));

        Assert.Contains("[web2] this deployer no longer holds the lease", failed.Message, StringComparison.Ordinal);
        var transcript = fleet.TakeTranscript();
        Assert.Contains("[web2] stage app-web at 2", transcript, StringComparison.Ordinal);
        Assert.DoesNotContain("switch app-web", transcript, StringComparison.Ordinal);
        Assert.Equal("1", fleet.Hosts[0].Serving);
    }

    [Fact]
    public async Task Between_switch_and_drain()
    {
        await using var sleeper = await BeginAsync();
        var prepared = await sleeper.PrepareAsync(new PushedImage("app@2", "app:2"), Token);
        var switched = await sleeper.SwitchAsync(prepared, Token);

        await SleepAsync(() => fleet.DeployAsync("3"));
        await sleeper.CleanUpAsync(switched, Token);

        await AssertUntouchedAsync("3");
        Assert.Equal(["web1", "web2"], fleet.Warnings.Select(w => w.Host).Order());
        Assert.All(fleet.Warnings, w => Assert.Contains("no longer holds the lease", w.Text, StringComparison.Ordinal));
    }

    /// <summary>It wakes up on a connection that broke: what may be done twice is not, where another one has taken over.</summary>
    [Fact]
    public async Task Inside_the_drain()
    {
        await using var sleeper = await BeginAsync();
        var prepared = await sleeper.PrepareAsync(new PushedImage("app@2", "app:2"), Token);
        var switched = await sleeper.SwitchAsync(prepared, Token);
        var hasSlept = false;
        fleet.Hosts[1].OnDrain = async () =>
        {
            if (!hasSlept)
            {
                hasSlept = true;
                await SleepAsync(() => fleet.DeployAsync("3"));
                throw new HostException(HostFailure.Unreachable, "web2", "drain", "it broke", "");
            }
        };

        await sleeper.CleanUpAsync(switched, Token);

        await AssertUntouchedAsync("3");
        Assert.Contains(
            fleet.Warnings,
            w => w.Host == "web2" && w.Text.Contains("no longer holds the lease", StringComparison.Ordinal)
        );
    }

    /// <summary>When the last host has switched and the deployer does not know it yet.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task While_it_switches(bool beats)
    {
        clock = beats ? clock : new SilentClock();
        await using var sleeper = await BeginAsync();
        var prepared = await sleeper.PrepareAsync(new PushedImage("app@2", "app:2"), Token);
        fleet.Hosts[1].OnSwitched = () => SleepAsync(() => fleet.DeployAsync("3"));

        var failed = await Assert.ThrowsAsync<RolloutFailedException>(() => sleeper.SwitchAsync(prepared, Token));

        await AssertUntouchedAsync("3");
        Assert.Contains(
            "bob@there took it over for 'deploy 3', and is done.",
            failed.Message,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain(
            await Records.ReadAuditAsync(fleet.Hosts[0].Store, Token),
            a => a is { Version: "2", Outcome: "done" }
        );
    }

    [Fact]
    public async Task Before_it_has_begun_anything()
    {
        await using var sleeper = await BeginAsync();
        await sleeper.AcquireLeasesAsync(Token);

        await SleepAsync(() => fleet.DeployAsync("3"), hasBegun: false);
        await Assert.ThrowsAsync<LeaseLostException>(() =>
            sleeper.PrepareAsync(new PushedImage("app@2", "app:2"), Token)
        );

        await AssertUntouchedAsync("3");
    }

    /// <summary>The sleeper, once it has looked: 1 serves, and it is to bring 2.</summary>
    private async Task<Deployment> BeginAsync()
    {
        await fleet.DeployAsync("1");
        var sleeper = fleet.Begin("2", time: clock);
        await sleeper.LookAsync(Token);
        return sleeper;
    }

    /// <summary>The sleeper's clock stands while the other one works, and is right again when it wakes.</summary>
    private async Task SleepAsync(Func<Task> work, bool hasBegun = true)
    {
        foreach (var host in fleet.Hosts.Where(_ => hasBegun))
        {
            // What writes the journal sleeps too, but not before it has written whose it is.
            await TestContext.Current.UntilAsync(async () =>
                (await host.Store.ReadAsync("journal.jsonl", Token))!.Contains("deploy 2", StringComparison.Ordinal)
            );
        }

        fleet.Hosts[1].OnStaged = fleet.Hosts[1].OnSwitched = () => Task.CompletedTask;
        fleet.Performer = "bob@there";
        fleet.Time.Advance(LeaseRules.Lifetime);
        await work();
        left = await StateAsync();
        fleet.TakeTranscript();
        clock.Advance(LeaseRules.Lifetime);
    }

    private async Task AssertUntouchedAsync(string version)
    {
        Assert.NotEmpty(left);
        Assert.Equal("", fleet.TakeTranscript());
        Assert.Equal(left, await StateAsync());
        Assert.All(fleet.Hosts, host => Assert.Equal(version, host.Serving));
        foreach (var host in fleet.Hosts)
        {
            Assert.Null(await Records.ReadInterruptedAsync(host.Store, Token));
            var journal = await host.Store.ReadAsync("journal.jsonl", Token);
            Assert.Equal(1, journal!.Split("\"event\":\"End\"").Length - 1);
        }
    }

    private async Task<List<string>> StateAsync()
    {
        var state = new List<string>();
        foreach (var host in fleet.Hosts)
        {
            state.AddRange(host.Containers);
            state.Add((await host.Store.ReadAsync("lease.json", Token))!);
        }

        return state;
    }

    /// <summary>Its timers never fire: no heartbeat finds out what the work itself has to ask for.</summary>
    private sealed class SilentClock : SteppingClock
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            new FakeTimeProvider().CreateTimer(callback, state, dueTime, period);
    }
}
