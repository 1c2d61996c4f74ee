using Lotse.Registry.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Lotse.Registry.Tests.Storage;

/// <summary>The registry's process is killed, as by kill -9, in the middle of its work.</summary>
public sealed class CrashTests
{
    private const int PieceSize = 1 << 20;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_kill_in_the_middle_of_an_upload_leaves_nothing_that_can_be_seen()
    {
        using var scratch = new Scratch();
        var content = TestImage.Bytes(1, PieceSize);
        await using (var child = await ChildRegistry.StartAsync(scratch.Path, Cancellation))
        {
            var location = await child.Client.BeginUploadAsync("a");
            using var stalling = new StallingContent(content);
            var sending = child.Client.SendAsync(HttpMethod.Put, $"{location}?digest={Digest.Of(content)}", stalling);
            await Eventually.IsTrueAsync(() => scratch.Uploads.Sum(file => file.Length) >= PieceSize / 2);
            await child.KillAsync();
            child.Client.Http.CancelPendingRequests();
            await Assert.ThrowsAnyAsync<Exception>(() => sending);
        }

        Assert.Empty(scratch.Blobs);
        await using var next = await TestRegistry.StartAsync(scratch.Path);
        using var head = await next.Client.HeadAsync($"/v2/a/blobs/{Digest.Of(content)}");
        Assert.Equal(System.Net.HttpStatusCode.NotFound, head.StatusCode);
        await next.Client.PushBlobAsync("a", content);
        Assert.Equal(content, await next.Http.GetByteArrayAsync($"/v2/a/blobs/{Digest.Of(content)}", Cancellation));
    }

    [Fact]
    public async Task What_a_killed_process_left_is_removed_when_the_store_is_opened_later()
    {
        using var scratch = new Scratch();
        await using (var child = await ChildRegistry.StartAsync(scratch.Path, Cancellation))
        {
            using var patch = await child.Client.PatchAsync(await child.Client.BeginUploadAsync("a"), [1, 2, 3]);
            await child.KillAsync();
        }

        var written = scratch.Uploads.Single().LastWriteTimeUtc;
        RegistryStore.Open(scratch.Path, new FakeTimeProvider(written.AddMinutes(9)));
        Assert.Single(scratch.Uploads);
        RegistryStore.Open(scratch.Path, new FakeTimeProvider(written.AddMinutes(11)));
        Assert.Empty(scratch.Uploads);
    }

    [Fact]
    public async Task An_upload_of_a_living_process_is_never_taken_for_left()
    {
        using var scratch = new Scratch();
        await using var child = await ChildRegistry.StartAsync(scratch.Path, Cancellation);
        var location = await child.Client.BeginUploadAsync("a");
        var later = new FakeTimeProvider(scratch.Uploads.Single().LastWriteTimeUtc.AddDays(1));
        var store = RegistryStore.Open(scratch.Path, later);
        await store.PruneAsync([], TimeSpan.Zero, Cancellation);
        using var finished = await child.Client.PutAsync(location, Digest.Of([1]), [1]);
        Assert.Equal(System.Net.HttpStatusCode.Created, finished.StatusCode);
    }

    [Fact]
    public async Task A_kill_at_any_point_of_a_push_leaves_a_sound_store()
    {
        using var scratch = new Scratch();
        for (var request = 1; request <= 9; request++)
        {
            await using var child = await ChildRegistry.StartAsync(scratch.Path, Cancellation);
            var pushing = PushForeverAsync(child.Client, seed: request);
            var reached = request;
            await Eventually.IsTrueAsync(() => scratch.Blobs.Count + scratch.Uploads.Count >= reached);
            await child.KillAsync();
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => pushing);
            await StoreCheck.AssertSoundAsync(scratch);
        }
    }

    private static async Task PushForeverAsync(RegistryClient client, int seed)
    {
        for (var round = 0; ; round++)
        {
            var layer = TestImage.Bytes((seed * 1000) + round, 50_000);
            await client.PushAsync("a", $"v{round % 3}", TestImage.Of($$"""{"round":{{round}}}""", layer));
        }
    }
}
