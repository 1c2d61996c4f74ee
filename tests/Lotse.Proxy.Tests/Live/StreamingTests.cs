using System.Net.WebSockets;
using System.Text;
using Lotse.Proxy.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Lotse.Proxy.Tests.Live;

/// <summary>Nothing is kept back: each byte goes on when it comes, in both directions.</summary>
public sealed class StreamingTests
{
    private static CancellationToken Ending => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_event_arrives_while_the_response_is_still_open()
    {
        var more = new TaskCompletionSource();
        await using var target = await TestTarget.StartAsync(
            "one",
            async context =>
            {
                context.Response.ContentType = "text/event-stream";
                await context.Response.WriteAsync("data: 1\n\n", context.RequestAborted);
                await more.Task.WaitAsync(context.RequestAborted);
                await context.Response.WriteAsync("data: 2\n\n", context.RequestAborted);
            }
        );
        await using var proxy = await TestProxy.StartAsync();
        await proxy.DoAsync(Sample.Deploy("web", target.Address));

        using var response = await OpenAsync(proxy);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Ending));

        Assert.Equal("data: 1", await reader.ReadLineAsync(Ending));
        more.SetResult();
        Assert.Equal("\ndata: 2\n\n", await reader.ReadToEndAsync(Ending));
    }

    [Fact]
    public async Task The_headers_of_a_stream_arrive_before_its_first_byte()
    {
        var more = new TaskCompletionSource();
        await using var target = await TestTarget.StartAsync(
            "one",
            async context =>
            {
                await context.Response.Body.FlushAsync(context.RequestAborted);
                await more.Task.WaitAsync(context.RequestAborted);
                await context.Response.WriteAsync("late", context.RequestAborted);
            }
        );
        await using var proxy = await TestProxy.StartAsync();
        await proxy.DoAsync(Sample.Deploy("web", target.Address));

        using var response = await OpenAsync(proxy);

        Assert.Equal(200, (int)response.StatusCode);
        more.SetResult();
        Assert.Equal("late", await response.Content.ReadAsStringAsync(Ending));
    }

    [Fact]
    public async Task An_upload_reaches_the_target_while_the_client_still_sends()
    {
        var seen = new TaskCompletionSource<string>();
        await using var target = await TestTarget.StartAsync(
            "one",
            async context =>
            {
                using var reader = new StreamReader(context.Request.Body);
                seen.TrySetResult((await reader.ReadLineAsync(context.RequestAborted))!);
                await context.Response.WriteAsync(await reader.ReadToEndAsync(context.RequestAborted));
            }
        );
        await using var proxy = await TestProxy.StartAsync();
        await proxy.DoAsync(Sample.Deploy("web", target.Address));
        using var content = new PushContent();
        var response = proxy.Client.PostAsync("/", content, Ending);

        await content.PushAsync("first\n");
        Assert.Equal("first", await seen.Task.WaitAsync(Ending));
        await content.PushAsync("rest");
        content.End();

        Assert.Equal("rest", await (await response).Content.ReadAsStringAsync(Ending));
    }

    [Fact]
    public async Task Bodies_of_many_megabytes_pass_unchanged()
    {
        var body = new byte[40 * 1024 * 1024];
        new Random(7).NextBytes(body);
        using var stored = new MemoryStream();
        await using var target = await TestTarget.StartAsync(
            "one",
            context =>
                HttpMethods.IsPost(context.Request.Method)
                    ? context.Request.Body.CopyToAsync(stored, context.RequestAborted)
                    : context.Response.Body.WriteAsync(stored.ToArray(), context.RequestAborted).AsTask()
        );
        await using var proxy = await TestProxy.StartAsync();
        await proxy.DoAsync(Sample.Deploy("web", target.Address));

        using var sent = await proxy.Client.PostAsync("/", new ByteArrayContent(body), Ending);
        var back = await proxy.Client.GetByteArrayAsync("/", Ending);

        Assert.True(sent.IsSuccessStatusCode);
        Assert.True(body.AsSpan().SequenceEqual(stored.ToArray()));
        Assert.True(body.AsSpan().SequenceEqual(back));
    }

    [Fact]
    public async Task A_WebSocket_passes_messages_both_ways_and_closes_cleanly()
    {
        await using var target = await TestTarget.StartAsync("one", EchoSocketAsync);
        await using var proxy = await TestProxy.StartAsync();
        // The limit on the way to the headers must not end a connection that lives.
        var options = Sample.Options with
        {
            TargetTimeout = TimeSpan.FromSeconds(2),
        };
        await proxy.DoAsync(Sample.Deploy("web", target.Address, options));
        using var socket = await ConnectAsync(proxy);

        for (var round = 0; round < 5; round++)
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes($"hello {round}"), WebSocketMessageType.Text, true, Ending);
            Assert.Equal($"hello {round}", await ReceiveAsync(socket));
            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, Ending);
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", Ending);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
        await Eventually.TrueAsync(
            async () => (await proxy.ReportAsync("web")).Active?.InFlight == 0,
            "the connection is no longer in flight"
        );
    }

    [Fact]
    public async Task A_target_that_dies_within_its_response_does_not_look_as_if_it_had_finished()
    {
        await using var target = await RawServer.StartAsync(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
        );
        await using var proxy = await TestProxy.StartAsync();
        await proxy.DoAsync(Sample.Deploy("web", target.Address));

        await Assert.ThrowsAsync<HttpRequestException>(() => proxy.Client.GetStringAsync("/", Ending));
    }

    private static Task<HttpResponseMessage> OpenAsync(TestProxy proxy) =>
        proxy.Client.GetAsync("/", HttpCompletionOption.ResponseHeadersRead, Ending);

    private static async Task<ClientWebSocket> ConnectAsync(TestProxy proxy)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new UriBuilder(proxy.Url) { Scheme = "ws" }.Uri, Ending);
        return socket;
    }

    private static async Task<string> ReceiveAsync(WebSocket socket)
    {
        var buffer = new byte[256];
        var message = await socket.ReceiveAsync(buffer, Ending);
        return Encoding.UTF8.GetString(buffer, 0, message.Count);
    }

    private static async Task EchoSocketAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[256];
        while (true)
        {
            var message = await socket.ReceiveAsync(buffer, context.RequestAborted);
            if (message.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", context.RequestAborted);
                return;
            }

            await socket.SendAsync(
                buffer.AsMemory(0, message.Count),
                message.MessageType,
                true,
                context.RequestAborted
            );
        }
    }
}
