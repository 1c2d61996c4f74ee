using System.Net;
using System.Net.Sockets;
using Lotse.Registry.Tests.Support;

namespace Lotse.Registry.Tests;

public sealed class ServerTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_listens_on_loopback_and_the_preferred_port()
    {
        await using var first = await TestRegistry.StartAsync();
        var port = first.Server.Endpoint.Port;
        await first.Server.DisposeAsync();
        await using var second = await TestRegistry.StartAsync(change: options =>
            options with
            {
                PreferredPort = port,
            }
        );
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, port), second.Server.Endpoint);
    }

    [Fact]
    public async Task It_takes_another_port_when_the_preferred_one_is_taken()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        await using var registry = await TestRegistry.StartAsync(change: options =>
            options with
            {
                PreferredPort = port,
            }
        );
        Assert.NotEqual(port, registry.Server.Endpoint.Port);
        using var response = await registry.Client.GetAsync("/v2/");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Stopping_drops_unfinished_uploads()
    {
        using var scratch = new Scratch();
        await using (var registry = await TestRegistry.StartAsync(scratch.Path))
        {
            var location = await registry.Client.BeginUploadAsync("a");
            using var patch = await registry.Client.PatchAsync(location, [1, 2, 3]);
            Assert.Single(scratch.Uploads);
        }

        Assert.Empty(scratch.Uploads);
    }

    [Fact]
    public async Task Stopping_does_not_wait_for_a_client_that_never_ends()
    {
        using var scratch = new Scratch();
        using var stalling = new StallingContent([1, 2, 3]);
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        await using var registry = await TestRegistry.StartAsync(
            scratch.Path,
            options => options with { StopTimeout = TimeSpan.Zero }
        );
        var location = await registry.Client.BeginUploadAsync("a");
        var sending = registry.Http.PatchAsync(location, stalling, giveUp.Token);
        await stalling.Stalled;
        await registry.Server.DisposeAsync();
        Assert.Empty(scratch.Uploads);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => sending);
    }

    [Fact]
    public async Task Images_outlive_the_server()
    {
        using var scratch = new Scratch();
        var image = TestImage.Of("{}", TestImage.Bytes(1, 100));
        await using (var registry = await TestRegistry.StartAsync(scratch.Path))
        {
            await registry.Client.PushAsync("a", "1", image);
        }

        await using var next = await TestRegistry.StartAsync(scratch.Path);
        var manifest = await next.Http.GetByteArrayAsync("/v2/a/manifests/1", Cancellation);
        Assert.Equal(image.Manifest, manifest);
    }
}
