using Lotse.Registry.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Lotse.Registry.Tests.Storage;

/// <summary>Several processes work on one store at once.</summary>
public sealed class TwoProcessTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_processes_may_push_the_same_at_the_same_time()
    {
        using var scratch = new Scratch();
        await using var one = await ChildRegistry.StartAsync(scratch.Path, Cancellation);
        await using var two = await ChildRegistry.StartAsync(scratch.Path, Cancellation);
        for (var round = 0; round < 10; round++)
        {
            var layers = Enumerable.Range(0, 4).Select(n => TestImage.Bytes((round * 10) + n, 100_000)).ToArray();
            var image = TestImage.Of($$"""{"round":{{round}}}""", layers);
            await Task.WhenAll(
                Pushers(one, two).Select(client => PushBlindlyAsync(client, "shop/web", "latest", image))
            );
            var pulled = await two.Client.Http.GetByteArrayAsync("/v2/shop/web/manifests/latest", Cancellation);
            Assert.Equal(image.Manifest, pulled);
        }

        await StoreCheck.AssertSoundAsync(scratch);
        Assert.Empty(scratch.Uploads);
    }

    [Fact]
    public async Task An_image_pushed_through_one_process_is_served_by_the_other()
    {
        using var scratch = new Scratch();
        await using var one = await ChildRegistry.StartAsync(scratch.Path, Cancellation);
        await using var two = await TestRegistry.StartAsync(scratch.Path);
        var layer = TestImage.Bytes(1, 1000);
        await one.Client.PushAsync("a", "1", TestImage.Of("{}", layer));
        Assert.Equal(layer, await two.Http.GetByteArrayAsync($"/v2/a/blobs/{Digest.Of(layer)}", Cancellation));
        Assert.Equal(["1"], two.Store.Tags("a"));
    }

    [Fact]
    public async Task Pruning_in_the_middle_of_another_process_s_push_breaks_it_never()
    {
        using var scratch = new Scratch();
        await using var child = await ChildRegistry.StartAsync(scratch.Path, Cancellation);
        var began = TimeProvider.System.GetUtcNow();
        var store = RegistryStore.Open(scratch.Path, new FakeTimeProvider(began.AddHours(-1)));
        var layers = Enumerable.Range(0, 5).Select(n => TestImage.Bytes(n, 1000)).ToArray();
        var pruned = 0;
        for (var round = 0; round < 10; round++)
        {
            foreach (var file in new DirectoryInfo(scratch.Path).EnumerateFiles("*", SearchOption.AllDirectories))
            {
                file.LastWriteTimeUtc = began.AddDays(-1).UtcDateTime;
            }

            // All content is out of date, and each push finds some of it there and some removed under its hands.
            var image = TestImage.Of($$"""{"round":{{round}}}""", layers);
            var pushing = child.Client.PushAsync("a", "latest", image);
            for (var times = 0; times < 4; times++)
            {
                pruned += (await store.PruneAsync([], TimeSpan.Zero, Cancellation)).RemovedBlobs;
            }

            await pushing;
            var pulled = await store.ResolveAsync("a", "latest", Cancellation);
            Assert.Equal(image.Digest, pulled?.Digest);
            await StoreCheck.AssertSoundAsync(scratch);
        }

        Assert.NotEqual(0, pruned);
    }

    private static IEnumerable<RegistryClient> Pushers(params ChildRegistry[] processes) =>
        processes.SelectMany(process => new[] { process.Client, process.Client });

    /// <summary>Sends everything, without asking what is there.</summary>
    private static async Task PushBlindlyAsync(RegistryClient client, string repository, string tag, TestImage image)
    {
        foreach (var blob in image.Blobs)
        {
            var location = await client.BeginUploadAsync(repository);
            using var stored = await client.PutAsync(location, Digest.Of(blob), blob);
            Assert.Equal(System.Net.HttpStatusCode.Created, stored.StatusCode);
        }

        using var response = await client.PutManifestAsync(repository, tag, image.Manifest, image.MediaType);
        Assert.Equal(System.Net.HttpStatusCode.Created, response.StatusCode);
    }
}
