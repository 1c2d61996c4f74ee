using System.Net;
using Lotse.Proxy.Contract;
using Lotse.Proxy.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Lotse.Proxy.Tests.Live;

public sealed class BufferTests
{
    private static CancellationToken Ending => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(64 * 1024 * 1024)]
    [InlineData(10)]
    public async Task A_buffered_request_reaches_the_target_when_it_is_whole(long memory)
    {
        var arrived = new TaskCompletionSource();
        await using var target = await TestTarget.StartAsync(
            "one",
            context =>
            {
                arrived.TrySetResult();
                return EchoAsync(context);
            }
        );
        await using var proxy = await DeployAsync(
            target,
            Sample.Options with
            {
                BufferRequests = true,
                BufferMemory = memory,
            }
        );
        using var content = new PushContent();
        var response = proxy.Client.PostAsync("/", content, Ending);

        await content.PushAsync("a piece that is longer than ten bytes, ");
        await Eventually.TrueAsync(
            async () => (await proxy.ReportAsync("web")).Active?.InFlight == 1,
            "the request is in the proxy"
        );
        Assert.False(arrived.Task.IsCompleted);
        await content.PushAsync("and another");
        content.End();

        Assert.Equal(
            "a piece that is longer than ten bytes, and another",
            await (await response).Content.ReadAsStringAsync(Ending)
        );
    }

    [Fact]
    public async Task A_buffered_upload_that_does_not_end_is_cut_off_at_the_drains_limit()
    {
        await using var target = await TestTarget.StartAsync("one", EchoAsync);
        await using var fresh = await TestTarget.StartAsync("fresh");
        await using var proxy = await DeployAsync(target, Sample.Options with { BufferRequests = true });
        const string Unfinished = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\na beginning";
        var response = RawClient.SendAsync(proxy.Url, Unfinished);
        await Eventually.TrueAsync(
            async () => (await proxy.ReportAsync("web")).Active?.InFlight == 1,
            "the request is in the proxy"
        );
        await proxy.DoAsync(Sample.Stage("web", fresh.Address));
        await proxy.DoAsync(new SwitchCommand("web"));

        var drain = await proxy.DoAsync(Sample.Drain("web", TimeSpan.FromMilliseconds(100)));

        Assert.Equal(1, drain.Drain.CutOff);
        Assert.StartsWith("HTTP/1.1 503 ", await response, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(true, false)]
    public async Task A_request_larger_than_the_limit_is_refused(bool isBuffered, bool saysItsLength)
    {
        await using var target = await TestTarget.StartAsync("one", EchoAsync);
        await using var proxy = await DeployAsync(
            target,
            Sample.Options with
            {
                BufferRequests = isBuffered,
                MaxRequestBody = 1000,
            }
        );

        using var fits = await proxy.Client.PostAsync("/", Body(1000, saysItsLength), Ending);
        using var tooLarge = await proxy.Client.PostAsync("/", Body(1001, saysItsLength), Ending);

        Assert.Equal(HttpStatusCode.OK, fits.StatusCode);
        Assert.Equal(1000, (await fits.Content.ReadAsStringAsync(Ending)).Length);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, tooLarge.StatusCode);
        Assert.Contains("413", await tooLarge.Content.ReadAsStringAsync(Ending), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_buffered_response_larger_than_the_limit_is_a_bad_gateway()
    {
        await using var target = await TestTarget.StartAsync("one", EchoAsync);
        await using var proxy = await DeployAsync(
            target,
            Sample.Options with
            {
                BufferResponses = true,
                BufferMemory = 10,
                MaxResponseBody = 1000,
            }
        );

        using var fits = await proxy.Client.PostAsync("/", Body(1000, saysItsLength: false), Ending);
        using var tooLarge = await proxy.Client.PostAsync("/", Body(1001, saysItsLength: false), Ending);

        Assert.Equal(1000, (await fits.Content.ReadAsStringAsync(Ending)).Length);
        Assert.Equal(HttpStatusCode.BadGateway, tooLarge.StatusCode);
        Assert.Contains("502", await tooLarge.Content.ReadAsStringAsync(Ending), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_buffered_response_frees_the_target_before_the_client_has_read_it()
    {
        const int Size = 20 * 1024 * 1024;
        var done = new TaskCompletionSource();
        await using var target = await TestTarget.StartAsync(
            "one",
            async context =>
            {
                await context.Response.Body.WriteAsync(new byte[Size], context.RequestAborted);
                done.SetResult();
            }
        );
        await using var proxy = await DeployAsync(target, Sample.Options with { BufferResponses = true });

        using var response = await proxy.Client.GetAsync("/", HttpCompletionOption.ResponseHeadersRead, Ending);

        await done.Task.WaitAsync(Ending);
        Assert.Equal(Size, (await response.Content.ReadAsByteArrayAsync(Ending)).Length);
    }

    [Fact]
    public async Task A_stream_of_events_is_never_kept_back()
    {
        var more = new TaskCompletionSource();
        await using var target = await TestTarget.StartAsync(
            "one",
            async context =>
            {
                context.Response.ContentType = "text/event-stream";
                await context.Response.WriteAsync("data: 1\n\n", context.RequestAborted);
                await more.Task.WaitAsync(context.RequestAborted);
            }
        );
        await using var proxy = await DeployAsync(target, Sample.Options with { BufferResponses = true });

        using var response = await proxy.Client.GetAsync("/", HttpCompletionOption.ResponseHeadersRead, Ending);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Ending));

        Assert.Equal("data: 1", await reader.ReadLineAsync(Ending));
        more.SetResult();
    }

    private static async Task<TestProxy> DeployAsync(TestTarget target, ServiceOptions options)
    {
        var proxy = await TestProxy.StartAsync();
        await proxy.DoAsync(Sample.Deploy("web", target.Address, options));
        return proxy;
    }

    private static StreamContent Body(int length, bool saysItsLength)
    {
        var content = new StreamContent(new MemoryStream(new byte[length]));
        content.Headers.ContentLength = saysItsLength ? length : null;
        return content;
    }

    private static Task EchoAsync(HttpContext context) =>
        context.Request.Body.CopyToAsync(context.Response.Body, context.RequestAborted);
}
