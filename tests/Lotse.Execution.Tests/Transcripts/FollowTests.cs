using System.Collections.Concurrent;
using Lotse.Execution.Deployments;
using Lotse.Execution.Ports;

namespace Lotse.Execution.Tests.Transcripts;

/// <summary>Logs that are followed: what breaks is told and taken up again, what a deploy starts is shown.</summary>
public sealed class FollowTests : IDisposable
{
    private readonly CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(
        TestContext.Current.CancellationToken
    );
    private readonly List<string> lines = [];

    [Fact]
    public async Task A_log_that_breaks_is_told_of_and_goes_on_where_it_was()
    {
        var fleet = await ServingAsync("web1", "web2");
        fleet.Hosts[0].Logs["app-web-1"] = ["1 a", "2 b"];
        fleet.Hosts[1].Logs["app-web-1"] = ["1 x"];
        fleet.Hosts[1].LogEnd = Never;
        var asked = 0;
        fleet.Hosts[0].LogEnd = (container, _, token) =>
        {
            if (++asked > 1)
            {
                return Never(container, new LogQuery(), token);
            }

            fleet.Hosts[0].Logs["app-web-1"] = ["2 b", "3 c"];
            throw new HostException(HostFailure.Unreachable, "web1", "read the log", "it broke", "");
        };
        await FollowUntilAsync(fleet, "web1 app-web-1 c");
        Assert.Equal(["web1 app-web-1 a", "web2 app-web-1 x", "web1 app-web-1 b", "web1 app-web-1 c"], lines);
        var told = Assert.Single(fleet.Warnings);
        Assert.Equal(
            ("web1", true),
            (told.Host, told.Text.EndsWith("read the log: it broke", StringComparison.Ordinal))
        );
    }

    /// <summary>It could be asked for each time, and broke off again at once: that it is there again is true when it has stayed for a while.</summary>
    [Fact]
    public async Task A_log_that_breaks_again_and_again_is_told_of_once_and_once_more_when_it_holds()
    {
        var fleet = await ServingAsync("web1");
        fleet.Remarks.Clear();
        fleet.Hosts[0].Logs["app-web-1"] = ["1 a"];
        var asked = 0;
        fleet.Hosts[0].LogEnd = async (_, _, token) =>
        {
            if (++asked < 5)
            {
                throw new HostException(HostFailure.Unreachable, "web1", "read the log", "it broke", "");
            }

            await Task.Delay(TimeSpan.FromMinutes(1), fleet.Time, token);
            await stop.CancelAsync();
        };

        await FollowUntilAsync(fleet, "");

        Assert.Equal(5, asked);
        Assert.Equal("its log broke off", Assert.Single(fleet.Warnings).Text[..17]);
        Assert.Equal("its log is there again and goes on", Assert.Single(fleet.Remarks).Text);
    }

    /// <summary>One connection carries several; one after the other they would be missed for minutes.</summary>
    [Fact]
    public async Task Logs_that_break_together_are_taken_up_together()
    {
        string[] roles = ["web", "one", "two", "three", "four"];
        var fleet = new Fleet("web1");
        fleet.Configure = c =>
            c with
            {
                Roles =
                [
                    .. roles.Select(r => c.Roles[0] with { Name = r, Proxy = r == "web" ? c.Roles[0].Proxy : null }),
                ],
            };
        Assert.Null(await fleet.TryDeployAsync("1"));
        var link = new TaskCompletionSource();
        var broken = 0;
        var looks = new ConcurrentQueue<int>();
        fleet.Hosts[0].LogEnd = async (container, query, token) =>
        {
            if (!link.Task.IsCompleted)
            {
                if (Interlocked.Increment(ref broken) == roles.Length)
                {
                    var failure = new HostException(HostFailure.Unreachable, "web1", "read the log", "it broke", "");
                    link.SetException(failure);
                }

                await link.Task;
            }

            looks.Enqueue(fleet.Hosts[0].Looks);
            if (looks.Count == roles.Length)
            {
                await stop.CancelAsync();
            }

            await Never(container, query, token);
        };

        await FollowUntilAsync(fleet, "");

        Assert.Equal(roles.Length, looks.Count);
        Assert.Single(looks.Distinct());
        Assert.Single(fleet.Warnings);
    }

    [Fact]
    public async Task What_a_deploy_starts_is_followed_too()
    {
        var fleet = await ServingAsync("web1");
        fleet.Hosts[0].Logs["app-web-1"] = ["1 old"];
        fleet.Hosts[0].Logs["app-web-2"] = ["5 new"];
        var deploying = false;
        fleet.Hosts[0].LogEnd = async (container, _, token) =>
        {
            if (container == "app-web-1" && !deploying)
            {
                deploying = true;
                await fleet.DeployAsync("2");
                return;
            }

            await Never(container, new LogQuery(), token);
        };
        await FollowUntilAsync(fleet, "web1 app-web-2 new");
        Assert.Equal(["web1 app-web-1 old", "web1 app-web-2 new"], lines);
        Assert.Empty(fleet.Warnings);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task That_nothing_runs_is_said(bool follows)
    {
        var fleet = new Fleet("web1");
        var reading = fleet.Operate().ReadLogsAsync(new LogRequest { Follow = follows }, (_, _) => { }, stop.Token);
        if (follows)
        {
            await TestContext.Current.UntilAsync(() => Task.FromResult(!fleet.Warnings.IsEmpty));
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        }
        else
        {
            await reading;
        }

        Assert.StartsWith("Nothing of app runs there.", Assert.Single(fleet.Warnings).Text, StringComparison.Ordinal);
    }

    public void Dispose() => stop.Dispose();

    private async Task FollowUntilAsync(Fleet fleet, string last)
    {
        // A line that never comes is missed below.
        stop.CancelAfter(TimeSpan.FromSeconds(60));
        var following = fleet
            .Operate()
            .ReadLogsAsync(
                new LogRequest { Follow = true },
                (from, line) =>
                {
                    lines.Add($"{from} {line}");
                    if (lines[^1] == last)
                    {
                        stop.Cancel();
                    }
                },
                stop.Token
            );
        await fleet.Time.RunAsync(following);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => following);
    }

    private static Task Never(string container, LogQuery query, CancellationToken cancellation) =>
        Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);

    private static async Task<Fleet> ServingAsync(params string[] hosts)
    {
        var fleet = new Fleet(hosts);
        await fleet.DeployAsync("1");
        return fleet;
    }
}
