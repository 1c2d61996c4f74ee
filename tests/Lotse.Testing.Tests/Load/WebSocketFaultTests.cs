using System.Net.WebSockets;
using System.Text;
using Lotse.Testing.Apps;
using Lotse.Testing.Load;
using Lotse.Testing.Processes;
using Microsoft.AspNetCore.Http;

namespace Lotse.Testing.Tests.Load;

public sealed class WebSocketFaultTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static readonly LoadProfile OnlyWebSockets = new()
    {
        KeepAliveWorkers = 0,
        NewConnectionWorkers = 0,
        SlowWorkers = 0,
        EchoWorkers = 0,
        StreamWorkers = 0,
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_application_that_stops_closes_its_WebSockets_without_a_failure()
    {
        await using var app = await TestAppProcess.StartAsync("v1", Token);
        var profile = OnlyWebSockets with { Pause = TimeSpan.FromSeconds(2) };
        await using var load = await LoadGenerator.StartAsync(app.Address, profile, Token);
        await load.WaitForVersionAsync("v1", 1, Limit, Token);

        app.Process.Send(Signal.Terminate);
        await app.Process.WaitForExitAsync(Limit, Token);
        var report = await load.StopAsync();

        report.AssertNothingFailed();
        Assert.Equal(1, report.WebSocketsClosedByServer);
    }

    [Fact]
    public Task A_connection_that_breaks_is_an_unclean_close() =>
        ExpectAsync(
            LoadFailureKind.UncleanClose,
            async (socket, context) =>
            {
                await ReceiveAsync(socket);
                context.Abort();
            }
        );

    [Fact]
    public Task A_close_with_an_error_status_is_an_unclean_close() =>
        ExpectAsync(
            LoadFailureKind.UncleanClose,
            async (socket, _) =>
            {
                await ReceiveAsync(socket);
                await socket.CloseAsync(WebSocketCloseStatus.InternalServerError, "broken", Token);
            }
        );

    [Fact]
    public Task Another_message_than_the_one_sent_is_wrong_content() =>
        ExpectAsync(
            LoadFailureKind.WrongContent,
            async (socket, _) =>
            {
                await ReceiveAsync(socket);
                await socket.SendAsync(Encoding.ASCII.GetBytes("no"), WebSocketMessageType.Text, true, Token);
                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Token);
            }
        );

    [Fact]
    public Task An_echo_that_does_not_come_is_a_timeout() =>
        ExpectAsync(
            LoadFailureKind.Timeout,
            async (socket, context) =>
            {
                await ReceiveAsync(socket);
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
            }
        );

    [Fact]
    public async Task A_refused_upgrade_is_counted_with_its_status()
    {
        await using var server = await FaultyServer.StartAsync(Refuse, 1, Token);
        await using var load = await LoadGenerator.StartAsync(server.Address, OnlyWebSockets, Token);

        await server.Enough.WaitAsync(Token);
        var report = await load.StopAsync();

        Assert.Equal(server.Faults, report.Failed);
        Assert.All(
            report.Failures,
            failure => Assert.Equal((LoadFailureKind.Status, 503), (failure.Kind, failure.Status))
        );

        static Task Refuse(HttpContext context)
        {
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        }
    }

    private static async Task ExpectAsync(LoadFailureKind kind, Func<WebSocket, HttpContext, Task> behave)
    {
        await using var server = await FaultyServer.StartAsync(Misbehave, 1, Token);
        await using var load = await LoadGenerator.StartAsync(
            server.Address,
            OnlyWebSockets with
            {
                RequestTimeout = TimeSpan.FromSeconds(1),
            },
            Token
        );

        await server.Enough.WaitAsync(Token);
        var report = await load.StopAsync();

        Assert.NotEmpty(report.Failures);
        Assert.True(report.Failures.All(failure => failure.Kind == kind), report.ToString());

        async Task Misbehave(HttpContext context)
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            await behave(socket, context);
        }
    }

    private static async Task ReceiveAsync(WebSocket socket) => await socket.ReceiveAsync(new byte[4096], Token);
}
