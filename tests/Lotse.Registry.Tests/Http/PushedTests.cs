using System.Net;
using Lotse.Registry.Tests.Support;

namespace Lotse.Registry.Tests.Http;

/// <summary>What others than this machine's users reach: what was pushed through this server, and no more of a store that many projects share.</summary>
public sealed class PushedTests : IAsyncLifetime
{
    private static readonly TestImage Old = TestImage.Of("old", [1]);
    private static readonly TestImage Fresh = TestImage.Of("fresh", [2], [3]);
    private readonly Scratch scratch = new();
    private TestRegistry registry = null!;
    private RegistryClient outside = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await using (var earlier = await TestRegistry.StartAsync(scratch.Path))
        {
            await earlier.Client.PushAsync("other", "1", Old);
            await earlier.Client.PushAsync("app", "1", Old);
        }

        registry = await TestRegistry.StartAsync(scratch.Path);
        outside = new RegistryClient(new Uri($"http://{await registry.Server.ServePushedAsync(Cancellation)}"));
    }

    public async ValueTask DisposeAsync()
    {
        outside.Dispose();
        await registry.DisposeAsync();
        scratch.Dispose();
    }

    [Fact]
    public async Task What_was_pushed_is_there_with_all_that_it_refers_to()
    {
        await registry.Client.PushAsync("app", "2", Fresh);

        string[] all =
        [
            "manifests/2",
            $"manifests/{Fresh.Digest}",
            .. Fresh.Blobs.Select(b => $"blobs/{Digest.Of(b)}"),
        ];
        foreach (var path in all)
        {
            using var head = await outside.HeadAsync($"/v2/app/{path}");
            using var get = await outside.GetAsync($"/v2/app/{path}");
            Assert.Equal((path, HttpStatusCode.OK, HttpStatusCode.OK), (path, head.StatusCode, get.StatusCode));
        }
    }

    [Fact]
    public async Task What_was_there_is_there_too_once_it_is_pushed_anew_as_part_of_an_index()
    {
        var child = TestImage.Descriptor(Old.Manifest, Old.MediaType);
        var index = TestImage.Index(TestImage.OciIndex, child);
        using var put = await registry.Client.PutManifestAsync("app", "3", index, TestImage.OciIndex);
        Assert.Equal(HttpStatusCode.Created, put.StatusCode);

        using var manifest = await outside.GetAsync($"/v2/app/manifests/{Old.Digest}");
        using var layer = await outside.GetAsync($"/v2/app/blobs/{Digest.Of(Old.Blobs[1])}");
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (manifest.StatusCode, layer.StatusCode));
    }

    [Fact]
    public async Task Other_images_of_the_store_are_not_there_by_any_name()
    {
        await registry.Client.PushAsync("app", "2", Fresh);

        string[] paths =
        [
            "other/manifests/1",
            $"other/manifests/{Old.Digest}",
            "app/manifests/1",
            $"app/manifests/{Old.Digest}",
            $"app/blobs/{Digest.Of(Old.Blobs[0])}",
            $"other/blobs/{Digest.Of(Fresh.Blobs[0])}",
        ];
        foreach (var path in paths)
        {
            using var known = await registry.Client.GetAsync($"/v2/{path}");
            using var answer = await outside.GetAsync($"/v2/{path}");
            Assert.Equal((path, HttpStatusCode.OK), (path, known.StatusCode));
            Assert.Equal((path, HttpStatusCode.NotFound), (path, answer.StatusCode));
        }
    }

    [Theory]
    [InlineData("GET", "app/tags/list")]
    [InlineData("POST", "app/blobs/uploads/")]
    [InlineData("PUT", "app/manifests/2")]
    [InlineData("DELETE", "app/manifests/2")]
    public async Task Nothing_is_listed_taken_or_removed(string method, string path)
    {
        await registry.Client.PushAsync("app", "2", Fresh);

        using var answer = await outside.SendAsync(new HttpMethod(method), $"/v2/{path}");

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal("DENIED", await RegistryClient.ErrorCodeAsync(answer));
        Assert.Equal(["1", "2"], registry.Store.Tags("app"));
    }

    [Fact]
    public async Task It_is_the_same_port_each_time() =>
        Assert.Equal(
            await registry.Server.ServePushedAsync(Cancellation),
            await registry.Server.ServePushedAsync(Cancellation)
        );
}
