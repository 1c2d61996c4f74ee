using System.Runtime.InteropServices;
using Lotse.Registry.Tests.Support;

namespace Lotse.Registry.Tests;

/// <summary>The real Docker Engine pushes to the registry and pulls from it.</summary>
public sealed class EngineTests : IAsyncLifetime
{
    private const string Dockerfile = """
        FROM scratch
        COPY ballast /ballast
        COPY hello /hello
        CMD ["/hello"]
        """;

    private const int BallastSize = 5_000_000;

    private readonly string _repository = $"lotse-test/{Environment.ProcessId}-{Environment.TickCount64}";
    private readonly byte[] _ballast = TestImage.Bytes(Environment.TickCount, BallastSize);
    private readonly List<string> _made = [];
    private Engine _engine = null!;
    private TestRegistry _registry = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Image => $"{_registry.Server.Endpoint}/{_repository}";

    public async ValueTask InitializeAsync()
    {
        if (RuntimeInformation.OSArchitecture != Architecture.X64)
        {
            Assert.Skip("The test's program is for x86-64.");
        }

        _engine = await Engine.ConnectAsync();
        _registry = await TestRegistry.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var reference in _made)
        {
            if (await _engine.HasImageAsync(reference))
            {
                await _engine.RemoveImageAsync(reference);
            }
        }

        if (_registry is not null)
        {
            await _registry.DisposeAsync();
        }

        _engine?.Dispose();
    }

    [Fact]
    public async Task An_image_pushed_by_the_engine_is_pulled_by_digest_and_runs()
    {
        await BuildAndPushAsync("v1", "hello from one\n");
        var image = await _registry.Store.ResolveAsync(_repository, "v1", Cancellation);
        Assert.NotNull(image);
        await _engine.RemoveImageAsync($"{Image}:v1");

        var byDigest = await PullAsync(image.Digest);
        Assert.Contains("hello from one", await _engine.RunAsync(byDigest), StringComparison.Ordinal);
        var inspected = await _engine.InspectImageAsync(byDigest);
        Assert.Equal(image.ConfigDigest!.ToString(), inspected.GetProperty("Id").GetString());
    }

    [Fact]
    public async Task A_new_version_sends_and_fetches_its_changed_layer_alone()
    {
        await BuildAndPushAsync("v1", "hello from one\n");
        Assert.InRange(_registry.Server.Totals.ReceivedBytes, BallastSize, long.MaxValue);
        var before = _registry.Server.Totals;
        await BuildAndPushAsync("v2", "hello from two\n");

        var pushed = _registry.Server.Totals.ReceivedBytes - before.ReceivedBytes;
        Assert.InRange(pushed, 1, 20_000);
        Assert.True(_registry.Server.Totals.ReusedBytes >= BallastSize);
        var v1 = await _registry.Store.ResolveAsync(_repository, "v1", Cancellation);
        var v2 = await _registry.Store.ResolveAsync(_repository, "v2", Cancellation);
        Assert.Equal(v1!.Layers[0], v2!.Layers[0]);

        await _engine.RemoveImageAsync($"{Image}:v1");
        await _engine.RemoveImageAsync($"{Image}:v2");
        await PullAsync(v1.Digest);
        before = _registry.Server.Totals;
        var second = await PullAsync(v2.Digest);
        Assert.InRange(_registry.Server.Totals.SentBytes - before.SentBytes, 1, 20_000);
        Assert.Contains("hello from two", await _engine.RunAsync(second), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pushing_the_same_again_sends_the_manifest_at_most()
    {
        await BuildAndPushAsync("v1", "hello\n");
        var before = _registry.Server.Totals;
        var image = await _registry.Store.ResolveAsync(_repository, "v1", Cancellation);
        await _engine.PushAsync(Image, "v1");
        Assert.InRange(_registry.Server.Totals.ReceivedBytes - before.ReceivedBytes, 0, image!.Size);
        Assert.Equal(image.Digest, (await _registry.Store.ResolveAsync(_repository, "v1", Cancellation))!.Digest);
    }

    [Fact]
    public async Task An_exported_image_is_loaded_and_runs()
    {
        await BuildAndPushAsync("v1", "hello from one\n");
        await _engine.RemoveImageAsync($"{Image}:v1");
        await LoadAsync("v1", 0);
        Assert.Contains("hello from one", await _engine.RunAsync($"{Image}:v1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_exported_image_may_leave_out_layers_the_engine_has()
    {
        await BuildAndPushAsync("v1", "hello from one\n");
        await BuildAndPushAsync("v2", "hello from two\n");
        await _engine.RemoveImageAsync($"{Image}:v2");
        var size = await LoadAsync("v2", 1);
        Assert.InRange(size, 1, 20_000);
        Assert.Contains("hello from two", await _engine.RunAsync($"{Image}:v2"), StringComparison.Ordinal);
    }

    private async Task<long> LoadAsync(string tag, int presentLayers)
    {
        using var archive = new MemoryStream();
        var image = new ManifestReference(_repository, tag);
        await _registry.Store.ExportAsync(image, [$"{Image}:{tag}"], presentLayers, archive, null, Cancellation);
        var size = archive.Length;
        archive.Position = 0;
        await _engine.LoadAsync(archive);
        return size;
    }

    private async Task BuildAndPushAsync(string tag, string text)
    {
        _made.Add($"{Image}:{tag}");
        await _engine.BuildAsync(
            $"{Image}:{tag}",
            Dockerfile,
            ("ballast", _ballast),
            ("hello", TinyProgram.Printing(text))
        );
        await _engine.PushAsync(Image, tag);
    }

    private async Task<string> PullAsync(Digest digest)
    {
        var reference = $"{Image}@{digest}";
        Assert.False(await _engine.HasImageAsync(reference), "The image was still there, a pull would prove nothing.");
        _made.Add(reference);
        await _engine.PullAsync(Image, digest.ToString());
        return reference;
    }
}
