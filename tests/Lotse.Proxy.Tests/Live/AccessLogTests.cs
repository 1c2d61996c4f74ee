using System.Text.Json;
using System.Threading.Channels;
using Lotse.Proxy.Forwarding;
using Lotse.Proxy.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Lotse.Proxy.Tests.Live;

public sealed class AccessLogTests
{
    private static CancellationToken Ending => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_request_is_a_line_that_says_all_that_one_asks_of_it()
    {
        await using var target = await TestTarget.StartAsync(
            "one",
            context =>
            {
                context.Response.ContentType = "text/x-greeting";
                return context.Response.WriteAsync("hello");
            }
        );
        await using var proxy = await TestProxy.StartAsync();
        var options = Sample.Options with { LogRequestHeaders = ["X-Plan"], LogResponseHeaders = ["Content-Type"] };
        await proxy.DoAsync(Sample.Deploy("web", target.Address, options));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/a+b/\u00fc?q=1&r=%22")
        {
            Content = new StringContent("four"),
            Headers = { Host = "shop.example.com" },
        };
        request.Headers.Add("User-Agent", "test/1.0 (\"quoted\")");
        request.Headers.Add("X-Request-Id", "id-1");
        request.Headers.Add("X-Plan", "gold");
        using var response = await proxy.Client.SendAsync(request, Ending);

        var line = Assert.Single(await proxy.StopAndReadLogAsync());

        Assert.Equal("shop.example.com", Text(line, "host"));
        Assert.Equal("POST", Text(line, "method"));
        Assert.Equal("/a+b/\u00fc", Text(line, "path"));
        Assert.Equal("?q=1&r=%22", Text(line, "query"));
        Assert.Equal(200, line.GetProperty("status").GetInt32());
        Assert.Equal(4, line.GetProperty("request_bytes").GetInt64());
        Assert.Equal(5, line.GetProperty("response_bytes").GetInt64());
        Assert.Equal("web", Text(line, "service"));
        Assert.Equal(target.Address, Text(line, "target"));
        Assert.Equal("127.0.0.1", Text(line, "remote"));
        Assert.Equal("test/1.0 (\"quoted\")", Text(line, "user_agent"));
        Assert.Equal("id-1", Text(line, "request_id"));
        Assert.Equal("gold", Text(line.GetProperty("req_headers"), "x-plan"));
        Assert.Equal("text/x-greeting", Text(line.GetProperty("resp_headers"), "content-type"));
        Assert.True(line.GetProperty("duration_ms").GetDouble() > 0);
        Assert.True(DateTimeOffset.TryParse(Text(line, "time"), out _));
        Assert.False(line.TryGetProperty("fault", out _));
    }

    [Fact]
    public async Task A_request_that_no_service_takes_is_logged_without_one()
    {
        await using var proxy = await TestProxy.StartAsync();
        using var response = await proxy.Client.GetAsync("/", Ending);

        var line = Assert.Single(await proxy.StopAndReadLogAsync());

        Assert.Equal(404, line.GetProperty("status").GetInt32());
        Assert.Equal(JsonValueKind.Null, line.GetProperty("service").ValueKind);
    }

    [Fact]
    public async Task A_client_that_goes_away_is_logged_as_such_and_is_no_error_of_the_target()
    {
        var begun = new TaskCompletionSource();
        await using var target = await TestTarget.StartAsync(
            "one",
            context =>
            {
                begun.SetResult();
                return Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
            }
        );
        await using var proxy = await TestProxy.StartAsync();
        await proxy.DoAsync(Sample.Deploy("web", target.Address));
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(Ending);
        var request = proxy.Client.GetAsync("/", leave.Token);
        await begun.Task.WaitAsync(Ending);

        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        await Eventually.TrueAsync(
            async () => (await proxy.ReportAsync("web")).Active?.InFlight == 0,
            "the request has ended"
        );

        Assert.Equal(0, (await proxy.ReportAsync("web")).Active?.Errors);
        var line = Assert.Single(await proxy.StopAndReadLogAsync());
        Assert.Equal(499, line.GetProperty("status").GetInt32());
    }

    [Fact]
    public async Task Thousands_of_lines_are_all_written_whole()
    {
        await using var target = await TestTarget.StartAsync("one");
        await using var proxy = await TestProxy.StartAsync();
        await proxy.DoAsync(Sample.Deploy("web", target.Address));

        await Parallel.ForAsync(
            0,
            2000,
            Ending,
            async (n, cancellation) => await proxy.Client.GetStringAsync($"/{n}", cancellation)
        );

        var paths = (await proxy.StopAndReadLogAsync()).Select(l => Text(l, "path")).ToHashSet();
        Assert.Equal(2000, paths.Count);
    }

    [Fact]
    public async Task A_log_that_could_not_be_written_for_a_while_goes_on_and_says_what_it_lost()
    {
        await using var output = new FailingStream { IsFull = true };
        var said = Channel.CreateUnbounded<string>();
        await using var log = new AccessLog(output, TimeProvider.System, isOn: true, s => said.Writer.TryWrite(s));

        log.Write(new DefaultHttpContext(), new LogLine(0) { RequestId = "lost" });
        Assert.Contains("No space left", await said.Reader.ReadAsync(Ending), StringComparison.Ordinal);
        output.IsFull = false;
        log.Write(new DefaultHttpContext(), new LogLine(0) { RequestId = "kept" });

        Assert.Contains("again", await said.Reader.ReadAsync(Ending), StringComparison.Ordinal);
        using var line = JsonDocument.Parse(output.ToArray());
        Assert.Equal("kept", Text(line.RootElement, "request_id"));
        Assert.Equal(1, line.RootElement.GetProperty("lines_dropped_before").GetInt64());
    }

    private sealed class FailingStream : MemoryStream
    {
        public volatile bool IsFull;

        public override ValueTask WriteAsync(
            ReadOnlyMemory<byte> buffer,
            CancellationToken cancellationToken = default
        ) => IsFull ? throw new IOException("No space left on device") : base.WriteAsync(buffer, cancellationToken);
    }

    private static string Text(JsonElement line, string name) => line.GetProperty(name).GetString()!;
}
