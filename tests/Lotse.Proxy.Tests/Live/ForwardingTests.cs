using System.Net;
using System.Net.Http.Json;
using System.Text;
using Lotse.Proxy.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Lotse.Proxy.Tests.Live;

/// <summary>What goes through the proxy, from a real client to a real target.</summary>
public sealed class ForwardingTests
{
    private static CancellationToken Ending => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Method_path_query_headers_and_body_reach_the_target_as_they_were()
    {
        await using var target = await TestTarget.StartAsync("one", EchoAsync);
        await using var proxy = await TestProxy.StartAsync();
        await proxy.DoAsync(Sample.Deploy("web", target.Address));
        using var request = new HttpRequestMessage(HttpMethod.Put, "/a%2Bb/%C3%BC?x=%20y&x=2")
        {
            Content = new StringContent("the body"),
            Headers = { Host = "shop.example.com" },
        };
        request.Headers.Add("X-Thing", ["1", "2"]);

        var seen = await EchoOfAsync(await proxy.Client.SendAsync(request, Ending));

        Assert.Equal("PUT", seen["method"]);
        Assert.EndsWith("?x=%20y&x=2", seen["raw"], StringComparison.Ordinal);
        Assert.StartsWith("/a%2Bb/", seen["raw"], StringComparison.Ordinal);
        Assert.Equal("shop.example.com", seen["Host"]);
        Assert.Equal("1, 2", seen["X-Thing"]);
        Assert.Equal("the body", seen["body"]);
    }

    [Fact]
    public async Task Status_headers_and_body_come_back_as_they_were()
    {
        await using var target = await TestTarget.StartAsync(
            "one",
            context =>
            {
                context.Response.StatusCode = 418;
                context.Response.Headers.Append("Set-Cookie", "a=1");
                context.Response.Headers.Append("Set-Cookie", "b=2");
                return context.Response.WriteAsync("short and stout");
            }
        );
        await using var proxy = await TestProxy.StartAsync();
        await proxy.DoAsync(Sample.Deploy("web", target.Address));

        using var response = await proxy.Client.GetAsync("/", Ending);

        Assert.Equal(418, (int)response.StatusCode);
        Assert.Equal(["a=1", "b=2"], response.Headers.GetValues("Set-Cookie"));
        Assert.False(response.Headers.Contains("Server"));
        Assert.Equal("short and stout", await response.Content.ReadAsStringAsync(Ending));
    }

    [Fact]
    public async Task The_target_is_told_whom_the_proxy_stands_for_and_not_what_a_client_makes_up()
    {
        await using var target = await TestTarget.StartAsync("one", EchoAsync);
        await using var proxy = await TestProxy.StartAsync();
        await proxy.DoAsync(Sample.Deploy("web", target.Address));

        var seen = await EchoOfAsync(await proxy.Client.SendAsync(Spoofed(), Ending));

        Assert.Equal("127.0.0.1", seen["X-Forwarded-For"]);
        Assert.Equal("http", seen["X-Forwarded-Proto"]);
        Assert.Equal("shop.example.com", seen["X-Forwarded-Host"]);
        Assert.DoesNotContain("X-Forwarded-Port", seen);
        Assert.DoesNotContain("Forwarded", seen);
    }

    [Fact]
    public async Task Behind_another_proxy_its_word_is_kept_and_appended_to()
    {
        await using var target = await TestTarget.StartAsync("one", EchoAsync);
        await using var proxy = await TestProxy.StartAsync();
        await proxy.DoAsync(Sample.Deploy("web", target.Address, Sample.Options with { ForwardHeaders = true }));

        var seen = await EchoOfAsync(await proxy.Client.SendAsync(Spoofed(), Ending));

        Assert.Equal("203.0.113.7, 127.0.0.1", seen["X-Forwarded-For"]);
        Assert.Equal("https", seen["X-Forwarded-Proto"]);
        Assert.Equal("front.example.com", seen["X-Forwarded-Host"]);
        Assert.Equal("8443", seen["X-Forwarded-Port"]);
    }

    [Fact]
    public async Task A_request_without_an_id_gets_one_and_one_with_an_id_keeps_it()
    {
        await using var target = await TestTarget.StartAsync("one", EchoAsync);
        await using var proxy = await TestProxy.StartAsync();
        await proxy.DoAsync(Sample.Deploy("web", target.Address));
        using var given = new HttpRequestMessage(HttpMethod.Get, "/");
        given.Headers.Add("X-Request-Id", "mine-1");

        var first = await EchoOfAsync(await proxy.Client.GetAsync("/", Ending));
        var second = await EchoOfAsync(await proxy.Client.GetAsync("/", Ending));
        var kept = await EchoOfAsync(await proxy.Client.SendAsync(given, Ending));

        Assert.NotEmpty(first["X-Request-Id"]);
        Assert.NotEqual(first["X-Request-Id"], second["X-Request-Id"]);
        Assert.Equal("mine-1", kept["X-Request-Id"]);
    }

    [Fact]
    public async Task A_path_prefix_is_taken_off_and_named_unless_it_is_to_stay()
    {
        await using var target = await TestTarget.StartAsync("one", EchoAsync);
        await using var proxy = await TestProxy.StartAsync();
        var api = Sample.Options with { PathPrefixes = ["/api"] };
        var whole = Sample.Options with { PathPrefixes = ["/whole"], StripPathPrefix = false };
        await proxy.DoAsync(Sample.Deploy("api", target.Address, api));
        await proxy.DoAsync(Sample.Deploy("whole", target.Address, whole));

        var stripped = await EchoOfAsync(await proxy.Client.GetAsync("/api/things?x=1", Ending));
        var kept = await EchoOfAsync(await proxy.Client.GetAsync("/whole/things?x=1", Ending));

        Assert.Equal(("/things?x=1", "/api"), (stripped["raw"], stripped["X-Forwarded-Prefix"]));
        Assert.Equal("/whole/things?x=1", kept["raw"]);
        Assert.DoesNotContain("X-Forwarded-Prefix", kept);
    }

    [Fact]
    public async Task Header_bytes_beyond_ASCII_pass_both_ways()
    {
        var bytes = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes("Grüße"));
        await using var target = await RawServer.StartAsync(
            $"HTTP/1.1 200 OK\r\nX-Word: {bytes}\r\nContent-Length: 0\r\n\r\n"
        );
        await using var proxy = await TestProxy.StartAsync();
        await proxy.DoAsync(Sample.Deploy("web", target.Address));

        var answer = await RawClient.SendAsync(
            proxy.Url,
            $"GET / HTTP/1.1\r\nHost: a\r\nX-Word: {bytes}\r\nConnection: close\r\n\r\n"
        );

        Assert.Contains($"X-Word: {bytes}\r\n", answer, StringComparison.Ordinal);
        Assert.Contains($"X-Word: {bytes}\r\n", target.LastRequest, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_HEAD_is_answered_with_the_length_and_without_a_body()
    {
        await using var target = await TestTarget.StartAsync(
            "one",
            context =>
            {
                context.Response.ContentLength = 12345;
                return Task.CompletedTask;
            }
        );
        await using var proxy = await TestProxy.StartAsync();
        await proxy.DoAsync(Sample.Deploy("web", target.Address));

        var answer = await RawClient.SendAsync(proxy.Url, "HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("Content-Length: 12345\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_and_a_compressed_body_are_the_clients_matter()
    {
        await using var target = await TestTarget.StartAsync(
            "one",
            context =>
            {
                context.Response.StatusCode = 302;
                context.Response.Headers.Location = "/elsewhere";
                context.Response.Headers.ContentEncoding = "gzip";
                return context.Response.Body.WriteAsync(new byte[] { 1, 2, 3 }).AsTask();
            }
        );
        await using var proxy = await TestProxy.StartAsync();
        await proxy.DoAsync(Sample.Deploy("web", target.Address));

        using var response = await proxy.Client.GetAsync("/", Ending);

        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Equal(["gzip"], response.Content.Headers.ContentEncoding);
        Assert.Equal([1, 2, 3], await response.Content.ReadAsByteArrayAsync(Ending));
    }

    private static HttpRequestMessage Spoofed()
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { Host = "shop.example.com" } };
        request.Headers.Add("X-Forwarded-For", "203.0.113.7");
        request.Headers.Add("X-Forwarded-Proto", "https");
        request.Headers.Add("X-Forwarded-Host", "front.example.com");
        request.Headers.Add("X-Forwarded-Port", "8443");
        request.Headers.Add("Forwarded", "for=203.0.113.7");
        return request;
    }

    private static async Task EchoAsync(HttpContext context)
    {
        var raw = context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget;
        using var reader = new StreamReader(context.Request.Body);
        var seen = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["method"] = context.Request.Method,
            ["raw"] = raw,
            ["body"] = await reader.ReadToEndAsync(context.RequestAborted),
        };
        foreach (var header in context.Request.Headers)
        {
            seen[header.Key] = string.Join(", ", header.Value.ToArray());
        }

        await context.Response.WriteAsJsonAsync(seen, context.RequestAborted);
    }

    private static async Task<Dictionary<string, string>> EchoOfAsync(HttpResponseMessage response)
    {
        using (response)
        {
            var seen = await response.Content.ReadFromJsonAsync<Dictionary<string, string>>(Ending);
            return new Dictionary<string, string>(seen!, StringComparer.OrdinalIgnoreCase);
        }
    }
}
