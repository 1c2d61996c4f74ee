using Lotse.Registry.Storage;
using Lotse.Registry.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Lotse.Registry.Tests.Storage;

/// <summary>
/// What happens between looking at content and acting on it. The test holds the lock as another process would: locks
/// belong to open files, not to processes.
/// </summary>
public sealed class LockTests : IDisposable
{
    private static readonly TestImage Image = TestImage.Of("{}");
    private static readonly Digest Config = Digest.Of(Image.Blobs[0]);

    private readonly Scratch _scratch = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(50));
    private readonly RegistryStore _store;
    private readonly StoreLayout _layout;
    private readonly StoreLock _lock;

    public LockTests()
    {
        _store = RegistryStore.Open(_scratch.Path, _time);
        _layout = new StoreLayout(_scratch.Path);
        _lock = new StoreLock(_layout.LockFile);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Pruning_waits_for_who_is_promising_content()
    {
        await _store.Content.PutAsync(Config, Image.Blobs[0]);
        _time.Advance(TimeSpan.FromDays(1));
        Task<PruneResult> pruning;
        using (await _lock.SharedAsync(Cancellation))
        {
            pruning = _store.PruneAsync([], TimeSpan.FromHours(1), Cancellation);
            Assert.NotNull(_store.Content.Use(Config));
        }

        await pruning;
        Assert.NotNull(_store.Content.Size(Config));
    }

    [Fact]
    public async Task Promising_content_waits_for_who_is_pruning()
    {
        await _store.Content.PutAsync(Config, Image.Blobs[0]);
        Task<long?> promising;
        using (await _lock.ExclusiveAsync(Cancellation))
        {
            promising = _store.Content.UseAsync(Config, Cancellation);
            File.Delete(_layout.Blob(Config));
        }

        Assert.Null(await promising);
    }

    [Fact]
    public async Task Accepting_a_manifest_waits_for_who_is_pruning()
    {
        await _store.Content.PutAsync(Config, Image.Blobs[0]);
        Task accepting;
        using (await _lock.ExclusiveAsync(Cancellation))
        {
            accepting = _store.Manifests.PutAsync("a", "1", Image.MediaType, Image.Manifest, Cancellation);
            File.Delete(_layout.Blob(Config));
        }

        var error = await Assert.ThrowsAsync<RegistryException>(() => accepting);
        Assert.Equal(RegistryFault.ManifestBlobUnknown, error.Fault);
    }

    [Fact]
    public async Task Two_may_promise_at_once()
    {
        using var one = await _lock.SharedAsync(Cancellation);
        using var two = await _lock.SharedAsync(Cancellation);
        Assert.NotSame(one, two);
    }
}
