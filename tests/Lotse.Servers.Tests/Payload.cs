using System.Net.Http.Headers;
using System.Text.Json;

namespace Lotse.Servers.Tests;

/// <summary>A change of the application's code that has a size.</summary>
internal static class Payload
{
    public const int Bytes = 4 << 20;

    /// <summary>A file beside the program that no compression makes smaller.</summary>
    public static async Task ChangeAsync(FleetWorld world, int seed, int size = Bytes)
    {
        var bytes = new byte[size];
        new Random(seed).NextBytes(bytes);
        var path = Path.Combine(world.Spec.ProjectFolder, "Lotse.TestApp.payload");
        await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);
    }

    /// <summary>The compressed size of the image's last layer of files, as its manifest in the deployer's registry says.</summary>
    public static async Task<long> SizeOfLayerAsync(FleetWorld world, string version)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var registry = await world.Deployer.Services.Registry.StartAsync(cancellation);
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            $"http://{registry}/v2/{world.Spec.Service}/manifests/{version}"
        );
        request.Headers.Accept.Add(
            new MediaTypeWithQualityHeaderValue("application/vnd.docker.distribution.manifest.v2+json")
        );
        using var answer = await client.SendAsync(request, cancellation);
        using var manifest = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancellation));
        return manifest.RootElement.GetProperty("layers").EnumerateArray().Last().GetProperty("size").GetInt64();
    }
}
