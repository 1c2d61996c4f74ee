using System.Net.Http.Headers;
using System.Text.Json;
using Lotse.Testing.Servers;

namespace Lotse.Servers.Tests;

/// <summary>What crosses the wire to a server.</summary>
[Collection(SharedServers.OneByOne)]
public sealed class WireTests(SharedServers shared)
{
    private const int PayloadBytes = 4 << 20;
    private const long Slack = 64 << 10;

    [Theory]
    [InlineData(ServerKind.Server)]
    [InlineData(ServerKind.ContainerdStore)]
    public async Task A_change_of_code_sends_the_changed_layer_and_no_more(ServerKind kind)
    {
        await using var own = kind == ServerKind.Server ? null : await StartAsync(new ServerOptions { Kind = kind });
        await using var world = own is null
            ? await shared.CreateAsync(1, Token)
            : await shared.CreateAsync(own, 1, Token);
        await ChangeCodeAsync(world, seed: 1);
        await world.DeployAsync("v1");
        await ChangeCodeAsync(world, seed: 2);
        var before = await world.Servers[0].ReadInterfaceBytesAsync(Token);

        await world.DeployAsync("v2");

        var crossed = (await world.Servers[0].ReadInterfaceBytesAsync(Token)).Since(before);
        var layer = await SizeOfChangedLayerAsync(world, "v2");
        TestContext.Current.TestOutputHelper?.WriteLine($"{layer} bytes of layer, {crossed}");
        Assert.InRange(layer, PayloadBytes, PayloadBytes + PayloadBytes / 10);
        Assert.InRange(crossed.Received, layer, layer + layer / 20 + Slack);
        await world.AssertAtRestAsync("v2");
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Task<ServerFleet> StartAsync(ServerOptions options) =>
        ServerFleet.StartAsync(shared.Engine, 1, options, Token);

    /// <summary>A file beside the program that no compression makes smaller.</summary>
    private static async Task ChangeCodeAsync(FleetWorld world, int seed)
    {
        var bytes = new byte[PayloadBytes];
        new Random(seed).NextBytes(bytes);
        var path = Path.Combine(world.Spec.ProjectFolder, "Lotse.TestApp.payload");
        await File.WriteAllBytesAsync(path, bytes, Token);
    }

    /// <summary>The compressed size of the image's last layer of files, as its manifest in the deployer's registry says.</summary>
    private static async Task<long> SizeOfChangedLayerAsync(FleetWorld world, string version)
    {
        var registry = await world.Deployer.Services.Registry.StartAsync(Token);
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            $"http://{registry}/v2/{world.Spec.Service}/manifests/{version}"
        );
        request.Headers.Accept.Add(
            new MediaTypeWithQualityHeaderValue("application/vnd.docker.distribution.manifest.v2+json")
        );
        using var answer = await client.SendAsync(request, Token);
        using var manifest = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Token));
        return manifest.RootElement.GetProperty("layers").EnumerateArray().Last().GetProperty("size").GetInt64();
    }
}
