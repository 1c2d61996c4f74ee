using Lotse.Registry.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Lotse.Registry.Tests.Storage;

public sealed class PruneTests : IAsyncLifetime
{
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(10);
    private static readonly byte[] Shared = TestImage.Bytes(1, 1000);
    private static readonly TestImage Old = TestImage.Of("""{"v":1}""", Shared, TestImage.Bytes(2, 200));
    private static readonly TestImage New = TestImage.Of("""{"v":2}""", Shared, TestImage.Bytes(3, 300));

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(50));
    private readonly Scratch _scratch = new();
    private TestRegistry _registry = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _registry = await StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _registry.DisposeAsync();
        _scratch.Dispose();
    }

    [Fact]
    public async Task Only_what_is_kept_and_what_it_needs_stays()
    {
        await _registry.Client.PushAsync("a", "old", Old);
        await _registry.Client.PushAsync("a", "new", New);
        await _registry.Client.PushAsync("b", "old", Old);
        _time.Advance(Grace);
        var result = await PruneAsync(new ManifestReference("a", "new"));
        Assert.Equal((2, 2, 3), (result.RemovedTags, result.RemovedManifests, result.RemovedBlobs));
        Assert.Equal(200 + Old.Blobs[0].Length + Old.Manifest.Length, result.FreedBytes);
        Assert.Equal(["a"], _registry.Store.Repositories);
        Assert.Equal(["new"], _registry.Store.Tags("a"));
        AssertStored([Digest.Of(New.Manifest), .. New.Blobs.Select(blob => Digest.Of(blob))]);
    }

    [Fact]
    public async Task A_manifest_kept_by_digest_keeps_its_tags()
    {
        await _registry.Client.PushAsync("a", "1", Old);
        _time.Advance(Grace);
        await PruneAsync(new ManifestReference("a", Old.Digest.ToString()));
        Assert.Equal(["1"], _registry.Store.Tags("a"));
    }

    [Fact]
    public async Task A_kept_index_keeps_its_images()
    {
        await _registry.Client.PushAsync("a", Old.Digest.ToString(), Old);
        var index = TestImage.Index(TestImage.OciIndex, TestImage.Descriptor(Old.Manifest, Old.MediaType));
        using var put = await _registry.Client.PutManifestAsync("a", "multi", index, TestImage.OciIndex);
        _time.Advance(Grace);
        var result = await PruneAsync(new ManifestReference("a", "multi"));
        Assert.Equal(0, result.RemovedBlobs + result.RemovedManifests + result.RemovedTags);
    }

    [Fact]
    public async Task Images_pushed_within_the_grace_time_stay()
    {
        await _registry.Client.PushAsync("a", "old", Old);
        _time.Advance(Grace);
        await _registry.Client.PushAsync("a", "new", New);
        _time.Advance(Grace - TimeSpan.FromSeconds(1));
        await PruneAsync();
        Assert.Equal(["new"], _registry.Store.Tags("a"));
        AssertStored([Digest.Of(New.Manifest), .. New.Blobs.Select(blob => Digest.Of(blob))]);
    }

    [Fact]
    public async Task An_image_pushed_again_unchanged_stays()
    {
        await _registry.Client.PushAsync("a", "1", Old);
        _time.Advance(Grace);
        await _registry.Client.PushAsync("a", "1", Old);
        var result = await PruneAsync();
        Assert.Equal(0, result.RemovedBlobs);
        Assert.Equal(["1"], _registry.Store.Tags("a"));
    }

    [Fact]
    public async Task An_image_that_is_being_pulled_stays()
    {
        await _registry.Client.PushAsync("a", "1", Old);
        _time.Advance(Grace);
        await _registry.Http.GetByteArrayAsync("/v2/a/manifests/1", Cancellation);
        Assert.Equal(0, (await PruneAsync()).RemovedBlobs);
    }

    [Fact]
    public async Task Content_that_a_pusher_was_told_is_there_stays_until_its_manifest_comes()
    {
        await _registry.Client.PushAsync("a", "1", Old);
        _time.Advance(Grace);
        foreach (var blob in Old.Blobs)
        {
            using var head = await _registry.Client.HeadAsync($"/v2/b/blobs/{Digest.Of(blob)}");
        }

        await PruneAsync();
        using var put = await _registry.Client.PutManifestAsync("b", "1", Old.Manifest, Old.MediaType);
        Assert.Equal(System.Net.HttpStatusCode.Created, put.StatusCode);
    }

    [Fact]
    public async Task What_came_since_a_running_upload_began_stays_however_long_it_takes()
    {
        var location = await _registry.Client.BeginUploadAsync("a");
        await _registry.Client.PushBlobAsync("a", Shared);
        _time.Advance(Grace * 10);
        await using var other = await StartAsync();
        await other.Store.PruneAsync([], Grace, Cancellation);
        AssertStored(Digest.Of(Shared));
        using var finished = await _registry.Client.PutAsync(location, Digest.Of([1]), [1]);
        Assert.Equal(System.Net.HttpStatusCode.Created, finished.StatusCode);
    }

    [Fact]
    public async Task What_was_to_be_kept_but_is_not_there_is_named()
    {
        await _registry.Client.PushAsync("a", "1", Old);
        var result = await PruneAsync(new ManifestReference("a", "1"), new ManifestReference("a", "2"));
        Assert.Equal([new ManifestReference("a", "2")], result.Missing);
    }

    private Task<TestRegistry> StartAsync() =>
        TestRegistry.StartAsync(_scratch.Path, options => options with { TimeProvider = _time });

    private Task<PruneResult> PruneAsync(params ManifestReference[] keep) =>
        _registry.Store.PruneAsync(keep, Grace, Cancellation);

    private void AssertStored(params Digest[] expected) =>
        Assert.Equal(
            expected.Select(digest => digest.Hex).Distinct().Order(),
            _scratch.Blobs.Select(blob => blob.Name).Order()
        );
}
