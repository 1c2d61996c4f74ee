using System.Net.Sockets;
using System.Text.Json;
using Lotse.Proxy.Contract;
using Lotse.Proxy.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Lotse.Proxy.Tests.Process;

public sealed class EndTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Ending => TestContext.Current.CancellationToken;

    [Fact]
    public async Task When_asked_to_end_it_takes_no_more_connections_and_finishes_what_is_in_flight()
    {
        var (begun, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var target = await TestTarget.StartAsync(
            "one",
            async context =>
            {
                begun.SetResult();
                await go.Task.WaitAsync(context.RequestAborted);
                await context.Response.WriteAsync("finished");
            }
        );
        await using var proxy = await ProxyProcess.StartAsync(folder.Path);
        await proxy.SendAsync(Sample.Deploy("web", target.Address));
        var slow = proxy.Client.GetStringAsync("/", Ending);
        await begun.Task.WaitAsync(Ending);

        await proxy.TerminateAsync();
        await Eventually.TrueAsync(async () => !await TakesConnectionsAsync(proxy.Url), "the port is closed");
        go.SetResult();

        Assert.Equal("finished", await slow);
        Assert.Equal(0, await proxy.EndAsync());
        using var line = JsonDocument.Parse(Assert.Single(proxy.Output));
        Assert.Equal(200, line.RootElement.GetProperty("status").GetInt32());
    }

    [Fact]
    public async Task When_asked_to_end_it_does_not_wait_for_a_target_to_become_healthy()
    {
        await using var target = await TestTarget.StartAsync("one");
        target.Health = 503;
        await using var proxy = await ProxyProcess.StartAsync(folder.Path);
        var stage = proxy.SendAsync(
            Sample.Stage("web", target.Address, Sample.Options with { DeployTimeout = TimeSpan.FromHours(1) })
        );
        await Eventually.TrueAsync(
            async () => (await proxy.SendAsync(new ListCommand())).List.Services.Length == 1,
            "the target is being probed"
        );

        await proxy.TerminateAsync();

        Assert.Equal(1, (await stage).Code);
        Assert.Equal(0, await proxy.EndAsync());
    }

    public void Dispose() => folder.Dispose();

    private static async Task<bool> TakesConnectionsAsync(Uri url)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(url.Host, url.Port, Ending);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
