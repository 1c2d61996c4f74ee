using Lotse.Proxy.Contract;
using Lotse.Proxy.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Lotse.Proxy.Tests.Live;

/// <summary>Targets that speak HTTP/2 without TLS, and nothing else.</summary>
public sealed class Http2TargetTests
{
    private static CancellationToken Ending => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Probes_requests_and_uploads_reach_a_target_that_speaks_only_HTTP2()
    {
        await using var target = await StartAsync();
        await using var proxy = await TestProxy.StartAsync();
        await proxy.DoAsync(Sample.Deploy("web", target.Address, Sample.Options with { TargetHttp2 = true }));

        var got = await proxy.Client.GetStringAsync("/", Ending);
        using var content = new PushContent();
        var posted = proxy.Client.PostAsync("/", content, Ending);
        await content.PushAsync("piece by ");
        await content.PushAsync("piece");
        content.End();

        Assert.Equal("HTTP/2 example", got.Replace(proxy.Url.Authority, "example", StringComparison.Ordinal));
        Assert.EndsWith(
            "piece by piece",
            await (await posted).Content.ReadAsStringAsync(Ending),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Without_the_option_such_a_target_is_not_healthy()
    {
        await using var target = await StartAsync();
        await using var proxy = await TestProxy.StartAsync();
        var options = Sample.Options with { DeployTimeout = TimeSpan.FromSeconds(1) };

        var answer = await proxy.AskAsync(Sample.Deploy("web", target.Address, options));

        Assert.Equal(1, answer.Code);
        Assert.NotEqual(ProbeFault.None, answer.Stage.Probe.Fault);
    }

    private static Task<TestTarget> StartAsync() =>
        TestTarget.StartAsync(
            "h2c",
            async context =>
            {
                await context.Response.WriteAsync($"{context.Request.Protocol} {context.Request.Host}");
                await context.Request.Body.CopyToAsync(context.Response.Body, context.RequestAborted);
            },
            protocols: HttpProtocols.Http2
        );
}
