using Lotse.Execution.Ports;
using Lotse.Execution.Rollouts;

namespace Lotse.Execution.Tests.Transcripts;

/// <summary>The way that an image takes to a host breaks, and nothing else does.</summary>
public sealed class LostTunnelTests
{
    private const string Text = "Get \"http://127.0.0.1:5000/v2/\": connection refused";
    private readonly Fleet fleet = new("web1");

    public LostTunnelTests() => fleet.Hosts[0].IsBuilder = false;

    [Fact]
    public async Task The_image_is_pulled_once_more()
    {
        await ServeAsync();
        LoseOnce(_ => throw Failure(HostFailure.Engine, Text));

        Assert.Null(await fleet.TryDeployAsync("2"));

        Assert.Equal("2", fleet.Hosts[0].Serving);
        Assert.Single(fleet.Remarks, r => r.Text == "the connection broke; connecting again to pull app:2");
    }

    /// <summary>Engines ask on for more than a minute: that is not waited for.</summary>
    [Fact]
    public async Task An_engine_that_asks_on_is_cut_short()
    {
        await ServeAsync();
        LoseOnce(token => Task.Delay(Timeout.InfiniteTimeSpan, fleet.Time, token));
        var begun = fleet.Time.GetUtcNow();

        Assert.Null(await fleet.TryDeployAsync("2"));

        Assert.Equal("2", fleet.Hosts[0].Serving);
        Assert.InRange(fleet.Time.GetUtcNow() - begun, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(8));
    }

    [Fact]
    public async Task Lost_twice_it_is_told()
    {
        await ServeAsync();
        fleet.Hosts[0].HasLostRegistry = true;
        fleet.Hosts[0].OnPull = (_, _) => throw Failure(HostFailure.Engine, Text);

        var failed = Assert.IsType<RolloutFailedException>(await fleet.TryDeployAsync("2"));

        Assert.Contains(
            $"[web1] pull app:2: the SSH connection that the image came through broke: {Text}",
            failed.Message,
            StringComparison.Ordinal
        );
        Assert.Equal("1", fleet.Hosts[0].Serving);
    }

    /// <summary>A full disk breaks the transfer as well; it is the engine that knows.</summary>
    [Theory]
    [InlineData(HostFailure.NoSpace, true)]
    [InlineData(HostFailure.Engine, false)]
    public async Task What_else_the_engine_says_is_told_as_it_is(HostFailure failure, bool isLost)
    {
        await ServeAsync();
        fleet.Hosts[0].HasLostRegistry = isLost;
        fleet.Hosts[0].OnPull = (_, _) => throw Failure(failure, "it does not like it");

        var failed = Assert.IsType<RolloutFailedException>(await fleet.TryDeployAsync("2"));

        Assert.Contains("it does not like it", failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("the SSH connection that", failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(fleet.Remarks, r => r.Text.Contains("connecting again", StringComparison.Ordinal));
    }

    private async Task ServeAsync()
    {
        await fleet.DeployAsync("1");
        fleet.TakeTranscript();
        fleet.Remarks.Clear();
    }

    private void LoseOnce(Func<CancellationToken, Task> pull)
    {
        var host = fleet.Hosts[0];
        host.OnPull = (_, token) =>
        {
            host.HasLostRegistry = !host.HasLostRegistry;
            return host.HasLostRegistry ? pull(token) : Task.CompletedTask;
        };
    }

    private static HostException Failure(HostFailure failure, string text) =>
        new(failure, "web1", "pull app:2", text, "");
}
