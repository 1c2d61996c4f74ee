using System.Net;
using Lotse.Proxy.Tests.Support;

namespace Lotse.Proxy.Tests.Live;

/// <summary>What a client is told when there is no answer of a target to pass on.</summary>
public sealed class ErrorPageTests
{
    private static CancellationToken Ending => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_host_that_nobody_serves_is_not_found()
    {
        await using var target = await TestTarget.StartAsync("one");
        await using var proxy = await TestProxy.StartAsync();
        await proxy.DoAsync(Sample.Deploy("web", target.Address, Sample.Options with { Hosts = ["example.com"] }));

        await AssertPageAsync(proxy, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_service_that_is_staged_and_has_no_traffic_yet_is_unavailable()
    {
        await using var target = await TestTarget.StartAsync("one");
        await using var proxy = await TestProxy.StartAsync();
        await proxy.DoAsync(Sample.Stage("web", target.Address));

        await AssertPageAsync(proxy, HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task A_target_that_is_gone_is_a_bad_gateway_and_the_log_says_why()
    {
        await using var proxy = await TestProxy.StartAsync();
        await using (var target = await TestTarget.StartAsync("one"))
        {
            await proxy.DoAsync(Sample.Deploy("web", target.Address));
        }

        await AssertPageAsync(proxy, HttpStatusCode.BadGateway);
        // The client has the page a moment before the proxy is done with the request.
        await Eventually.TrueAsync(async () => await CountersAsync(proxy) == (1, 1), "the request counts as an error");
        Assert.Equal(1, (await proxy.ReportAsync("web")).Active?.ConnectErrors);
        await Eventually.TrueAsync(
            async () => (await proxy.ReportAsync("web")).Active?.Health is { Healthy: false, Last.Status: null },
            "the target that is gone is seen as unhealthy"
        );
        var line = Assert.Single(await proxy.StopAndReadLogAsync());
        Assert.Equal(502, line.GetProperty("status").GetInt32());
        Assert.Equal("Request", line.GetProperty("fault").GetString());
        Assert.NotEmpty(line.GetProperty("fault_text").GetString()!);
    }

    [Fact]
    public async Task A_target_that_answers_no_HTTP_is_a_bad_gateway()
    {
        await using var target = await RawServer.StartAsync("SSH-2.0-OpenSSH_9.2\r\n");
        await using var proxy = await TestProxy.StartAsync();
        await proxy.DoAsync(Sample.Deploy("web", target.Address));

        await AssertPageAsync(proxy, HttpStatusCode.BadGateway);
    }

    [Fact]
    public async Task A_target_that_takes_too_long_to_its_headers_times_out()
    {
        await using var target = await TestTarget.StartAsync(
            "one",
            context => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted)
        );
        await using var proxy = await TestProxy.StartAsync();
        var options = Sample.Options with { TargetTimeout = TimeSpan.FromMilliseconds(100) };
        await proxy.DoAsync(Sample.Deploy("web", target.Address, options));

        await AssertPageAsync(proxy, HttpStatusCode.GatewayTimeout);
    }

    [Fact]
    public async Task An_upload_that_takes_longer_than_the_target_may_is_not_timed_out()
    {
        await using var target = await TestTarget.StartAsync(
            "one",
            context => context.Request.Body.CopyToAsync(context.Response.Body, context.RequestAborted)
        );
        await using var proxy = await TestProxy.StartAsync();
        var options = Sample.Options with { TargetTimeout = TimeSpan.FromSeconds(1), BufferResponses = true };
        await proxy.DoAsync(Sample.Deploy("web", target.Address, options));
        using var content = new PushContent();
        var response = proxy.Client.PostAsync("/", content, Ending);

        await content.PushAsync("slow ");
        await Task.Delay(TimeSpan.FromMilliseconds(1500), TimeProvider.System, Ending);
        await content.PushAsync("client");
        content.End();

        Assert.Equal("slow client", await (await response).Content.ReadAsStringAsync(Ending));
    }

    [Fact]
    public async Task An_upload_that_the_target_does_not_take_times_out()
    {
        // The test holds the handler: a connection that neither reads nor has a handler that anything refers to is collected, and its socket closed.
        var never = new TaskCompletionSource();
        await using var target = await TestTarget.StartAsync(
            "one",
            context => never.Task.WaitAsync(context.RequestAborted)
        );
        await using var proxy = await TestProxy.StartAsync();
        var options = Sample.Options with { TargetTimeout = TimeSpan.FromMilliseconds(500) };
        await proxy.DoAsync(Sample.Deploy("web", target.Address, options));

        // More than all buffers on the way can hold: the end of the upload never comes.
        using var request = new HttpRequestMessage(HttpMethod.Post, "/")
        {
            Content = new ByteArrayContent(new byte[64 * 1024 * 1024]),
            Headers = { ExpectContinue = true },
        };
        using var client = new HttpClient(
            new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromSeconds(30) }
        )
        {
            BaseAddress = proxy.Url,
        };
        var answer = client.SendAsync(request, Ending);

        await Eventually.TrueAsync(async () => await CountersAsync(proxy) == (1, 1), "the target's time is over");
        try
        {
            var status = (await answer).StatusCode;
            var log = (await proxy.StopAndReadLogAsync()).Select(line => line.GetRawText());
            Assert.True(status == HttpStatusCode.GatewayTimeout, string.Join('\n', log));
        }
        catch (HttpRequestException)
        {
            // A client that still sends may find the connection closed before it reads the answer.
            Assert.Equal(504, Assert.Single(await proxy.StopAndReadLogAsync()).GetProperty("status").GetInt32());
        }
    }

    [Fact]
    public async Task A_response_that_breaks_off_counts_as_an_error_of_the_target()
    {
        await using var target = await RawServer.StartAsync(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
        );
        await using var proxy = await TestProxy.StartAsync();
        await proxy.DoAsync(Sample.Deploy("web", target.Address));

        await Assert.ThrowsAsync<HttpRequestException>(() => proxy.Client.GetStringAsync("/", Ending));

        await Eventually.TrueAsync(async () => await CountersAsync(proxy) == (1, 1), "the request counts as an error");
    }

    [Fact]
    public async Task A_HEAD_gets_the_status_without_the_page()
    {
        await using var proxy = await TestProxy.StartAsync();

        var answer = await RawClient.SendAsync(proxy.Url, "HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 404 Not Found\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", answer, StringComparison.Ordinal);
    }

    private static async Task AssertPageAsync(TestProxy proxy, HttpStatusCode status)
    {
        using var response = await proxy.Client.GetAsync("/", Ending);
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
        Assert.Contains(
            $"<h1>{(int)status} ",
            await response.Content.ReadAsStringAsync(Ending),
            StringComparison.Ordinal
        );
    }

    private static async Task<(long Requests, long Errors)> CountersAsync(TestProxy proxy) =>
        (await proxy.ReportAsync("web")).Active is { } active ? (active.Requests, active.Errors) : default;
}
