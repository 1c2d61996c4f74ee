using Lotse.Testing.Load;
using Microsoft.AspNetCore.Http;

namespace Lotse.Testing.Tests.Load;

public sealed class HttpFaultTests
{
    private const int Every = 7;

    private static readonly Dictionary<LoadFailureKind, Func<HttpContext, Task>> Faults = new()
    {
        [LoadFailureKind.Status] = context =>
        {
            context.Response.StatusCode = 503;
            return context.Response.WriteAsync("no target");
        },
        [LoadFailureKind.ConnectionClosed] = context =>
        {
            context.Abort();
            return Task.CompletedTask;
        },
        [LoadFailureKind.WrongContent] = context => context.Response.WriteAsync("version v2"),
        [LoadFailureKind.Timeout] = context =>
            Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted),
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(LoadFailureKind.Status)]
    [InlineData(LoadFailureKind.ConnectionClosed)]
    [InlineData(LoadFailureKind.WrongContent)]
    [InlineData(LoadFailureKind.Timeout)]
    public async Task Every_request_that_the_server_treats_badly_is_counted_and_none_is_repeated(LoadFailureKind kind)
    {
        await using var server = await FaultyServer.StartAsync(Faults[kind], Every, Token);
        var profile = new LoadProfile { RequestTimeout = TimeSpan.FromSeconds(5) }.OnlyShortRequests();
        await using var load = await LoadGenerator.StartAsync(server.Address, profile, Token);

        await server.Enough.WaitAsync(Token);
        var report = await load.StopAsync();

        Assert.True(server.Faults == report.Failed, report.ToString());
        Assert.Equal(server.Requests, report.Requests);
        Assert.All(report.Failures, failure => Assert.Equal(kind, failure.Kind));
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(report.AssertNothingFailed);
    }

    [Fact]
    public async Task An_echo_with_another_body_and_a_stream_with_a_chunk_missing_are_wrong_content()
    {
        await using var server = await FaultyServer.StartAsync(Answer, 1, Token);
        var profile = new LoadProfile { EchoWorkers = 1, StreamWorkers = 1 };
        profile = profile with
        {
            KeepAliveWorkers = 0,
            NewConnectionWorkers = 0,
            SlowWorkers = 0,
            WebSocketWorkers = 0,
        };
        await using var load = await LoadGenerator.StartAsync(server.Address, profile, Token);

        await server.Enough.WaitAsync(Token);
        var report = await load.StopAsync();

        Assert.Equal(report.Requests, report.Failed);
        Assert.All(report.Failures, failure => Assert.Equal(LoadFailureKind.WrongContent, failure.Kind));
        Assert.Contains(report.Failures, failure => failure.Load == LoadKind.Echo);
        Assert.Contains(report.Failures, failure => failure.Load == LoadKind.Stream);

        static Task Answer(HttpContext context) => context.Response.WriteAsync("chunk 0\nchunk 1\n");
    }

    [Fact]
    public async Task A_server_that_is_away_fails_every_request()
    {
        var server = await FaultyServer.StartGoodAsync(Token);
        var address = server.Address;
        await server.DisposeAsync();
        await using var load = await LoadGenerator.StartAsync(address, new LoadProfile(), Token);

        var report = await load.StopAsync();

        Assert.Equal(report.Requests, report.Failed);
        Assert.All(report.Failures, failure => Assert.Equal(LoadFailureKind.ConnectFailed, failure.Kind));
        Assert.All(report.Failures, failure => Assert.Contains("SocketException", failure.Detail));
    }

    [Fact]
    public async Task An_answer_that_announces_the_close_of_its_connection_is_no_failure()
    {
        await using var server = await FaultyServer.StartAsync(AnswerAndClose, 2, Token);
        var profile = new LoadProfile().OnlyShortRequests();
        await using var load = await LoadGenerator.StartAsync(server.Address, profile, Token);

        await server.Enough.WaitAsync(Token);
        var report = await load.StopAsync();

        report.AssertNothingFailed();

        static Task AnswerAndClose(HttpContext context)
        {
            context.Response.Headers.Connection = "close";
            return context.Response.WriteAsync("version v1");
        }
    }
}
