using Lotse.Testing.Apps;
using Lotse.Testing.Load;
using Lotse.Testing.Processes;

namespace Lotse.Testing.Tests.Load;

public sealed class LoadGeneratorTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_good_application_fails_no_client_of_any_kind()
    {
        await using var app = await TestAppProcess.StartAsync("v1", Token);
        await using var load = await LoadGenerator.StartAsync(app.Address, new LoadProfile(), Token);

        await load.WaitForVersionAsync("v1", 100, Limit, Token);
        var report = await load.StopAsync();

        report.AssertNothingFailed();
        Assert.Equal(Enum.GetValues<LoadKind>(), report.ByLoad.Keys.Order());
        Assert.Equal(["v1"], report.Versions);
    }

    [Fact]
    public async Task Slow_requests_and_streams_are_whole_when_the_application_stops_gracefully()
    {
        await using var app = await TestAppProcess.StartAsync("v1", Token);
        var profile = new LoadProfile
        {
            KeepAliveWorkers = 0,
            NewConnectionWorkers = 0,
            EchoWorkers = 0,
            WebSocketWorkers = 0,
        };
        await using var load = await LoadGenerator.StartAsync(app.Address, profile, Token);
        await load.WaitForVersionAsync("v1", 1, Limit, Token);

        var stop = load.StopAsync();
        app.Process.Send(Signal.Terminate);
        var report = await stop;
        var exit = await app.Process.WaitForExitAsync(Limit, Token);

        report.AssertNothingFailed();
        Assert.Equal(0, exit.ExitCode);
    }

    [Fact]
    public async Task An_application_that_is_killed_fails_what_is_in_flight_and_what_comes_after()
    {
        await using var app = await TestAppProcess.StartAsync("v1", Token);
        await using var load = await LoadGenerator.StartAsync(app.Address, new LoadProfile(), Token);
        await load.WaitForVersionAsync("v1", 20, Limit, Token);

        app.Process.Kill();
        await app.Process.WaitForExitAsync(Limit, Token);
        var report = await load.StopAsync();

        Assert.Contains(report.Failures, failure => failure.Load == LoadKind.Slow);
        Assert.Contains(report.Failures, failure => failure.Load == LoadKind.Stream);
        Assert.Contains(report.Failures, failure => failure.Load == LoadKind.WebSocket);
    }

    [Fact]
    public async Task A_change_of_version_is_seen_once()
    {
        await using var server = await FaultyServer.StartGoodAsync(Token);
        var profile = new LoadProfile().OnlyShortRequests();
        await using var load = await LoadGenerator.StartAsync(server.Address, profile, Token);
        await load.WaitForVersionAsync("v1", 20, Limit, Token);

        server.Version = "v2";
        await load.WaitForVersionAsync("v2", 20, Limit, Token);
        var report = await load.StopAsync();

        report.AssertNothingFailed();
        Assert.Equal(["v1", "v2"], report.Versions);
        Assert.Equal(report.Requests, report.ByVersion.Values.Sum());
    }

    [Fact]
    public async Task A_version_that_comes_back_is_seen_again()
    {
        await using var server = await FaultyServer.StartGoodAsync(Token);
        var profile = new LoadProfile().OnlyShortRequests();
        await using var load = await LoadGenerator.StartAsync(server.Address, profile, Token);
        await load.WaitForVersionAsync("v1", 5, Limit, Token);

        server.Version = "v2";
        await load.WaitForVersionAsync("v2", 5, Limit, Token);
        server.Version = "v1";
        await load.WaitForVersionAsync("v1", 20, Limit, Token);

        Assert.Equal(["v1", "v2", "v1"], load.ReportSoFar().Versions);
    }

    [Fact]
    public async Task Load_that_ended_by_itself_is_no_proof()
    {
        await using var server = await FaultyServer.StartGoodAsync(Token);
        var profile = new LoadProfile { MaxDuration = TimeSpan.FromMilliseconds(200) }.OnlyShortRequests();
        await using var load = await LoadGenerator.StartAsync(server.Address, profile, Token);

        await load.Ended.WaitAsync(Token);
        var report = await load.StopAsync();

        Assert.Equal(0, report.Failed);
        Assert.True(report.ReachedMaxDuration);
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(report.AssertNothingFailed);
    }
}
