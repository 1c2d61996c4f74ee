using System.Net;
using System.Text;
using Lotse.Registry.Tests.Support;

namespace Lotse.Registry.Tests.Http;

public sealed class ManifestTests
{
    private static readonly byte[] Layer = TestImage.Bytes(1, 500);
    private static readonly TestImage Image = TestImage.Of("""{"os":"linux"}""", Layer);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(TestImage.OciManifest)]
    [InlineData(TestImage.DockerManifest)]
    public async Task A_manifest_comes_back_by_tag_and_digest_in_its_bytes_and_type(string mediaType)
    {
        await using var registry = await TestRegistry.StartAsync();
        var image = TestImage.Of(mediaType, "{}", [Layer]);
        await registry.Client.PushAsync("shop/web", "1.0", image);
        foreach (var reference in new[] { "1.0", image.Digest.ToString() })
        {
            using var response = await registry.Client.GetAsync($"/v2/shop/web/manifests/{reference}");
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal(mediaType, response.Content.Headers.ContentType!.ToString());
            Assert.Equal(image.Digest.ToString(), response.Headers.GetValues("Docker-Content-Digest").Single());
            Assert.Equal(image.Manifest, await response.Content.ReadAsByteArrayAsync(Cancellation));
        }
    }

    [Theory]
    [InlineData(TestImage.OciIndex, TestImage.OciManifest)]
    [InlineData(TestImage.DockerList, TestImage.DockerManifest)]
    public async Task An_index_of_pushed_manifests_is_stored(string indexType, string manifestType)
    {
        await using var registry = await TestRegistry.StartAsync();
        var image = TestImage.Of(manifestType, "{}", [Layer]);
        await registry.Client.PushAsync("a", image.Digest.ToString(), image);
        var index = TestImage.Index(indexType, TestImage.Descriptor(image.Manifest, manifestType));
        using var put = await registry.Client.PutManifestAsync("a", "multi", index, indexType);
        Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        using var response = await registry.Client.GetAsync("/v2/a/manifests/multi");
        Assert.Equal(indexType, response.Content.Headers.ContentType!.ToString());
    }

    [Fact]
    public async Task Asking_for_a_manifest_says_its_size_type_and_digest()
    {
        await using var registry = await TestRegistry.StartAsync();
        await registry.Client.PushAsync("a", "1", Image);
        using var response = await registry.Client.HeadAsync("/v2/a/manifests/1");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(Image.Manifest.Length, response.Content.Headers.ContentLength);
        Assert.Equal(Image.MediaType, response.Content.Headers.ContentType!.ToString());
        Assert.Equal(Image.Digest.ToString(), response.Headers.GetValues("Docker-Content-Digest").Single());
    }

    [Fact]
    public async Task A_manifest_without_its_content_is_refused_and_names_what_is_missing()
    {
        await using var registry = await TestRegistry.StartAsync();
        await registry.Client.PushBlobAsync("a", Image.Blobs[0]);
        using var response = await registry.Client.PutManifestAsync("a", "1", Image.Manifest, Image.MediaType);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("MANIFEST_BLOB_UNKNOWN", await RegistryClient.ErrorCodeAsync(response));
        var body = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.Contains($$"""{"digest":"{{Digest.Of(Layer)}}"}""", body, StringComparison.Ordinal);
        using var get = await registry.Client.GetAsync("/v2/a/manifests/1");
        Assert.Equal(HttpStatusCode.NotFound, get.StatusCode);
    }

    [Fact]
    public async Task An_index_of_manifests_that_only_another_repository_has_is_refused()
    {
        await using var registry = await TestRegistry.StartAsync();
        await registry.Client.PushAsync("other", "1", Image);
        var index = TestImage.Index(TestImage.OciIndex, TestImage.Descriptor(Image.Manifest, Image.MediaType));
        using var response = await registry.Client.PutManifestAsync("a", "1", index, TestImage.OciIndex);
        Assert.Equal("MANIFEST_BLOB_UNKNOWN", await RegistryClient.ErrorCodeAsync(response));
    }

    [Fact]
    public async Task A_layer_that_by_its_type_comes_from_elsewhere_may_be_missing()
    {
        await using var registry = await TestRegistry.StartAsync();
        const string foreign = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";
        var text = Encoding.UTF8.GetString(Image.Manifest).Replace(TestImage.Layer, foreign, StringComparison.Ordinal);
        await registry.Client.PushBlobAsync("a", Image.Blobs[0]);
        using var response = await registry.Client.PutManifestAsync(
            "a",
            "1",
            Encoding.UTF8.GetBytes(text),
            Image.MediaType
        );
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
    }

    [Theory]
    [InlineData("no json")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"schemaVersion": 1, "config": CONFIG, "layers": []}""")]
    [InlineData("""{"schemaVersion": "2", "config": CONFIG, "layers": []}""")]
    [InlineData("""{"schemaVersion": 2, "layers": []}""")]
    [InlineData("""{"schemaVersion": 2, "config": CONFIG}""")]
    [InlineData("""{"schemaVersion": 2, "config": CONFIG, "layers": {}}""")]
    [InlineData("""{"schemaVersion": 2, "config": CONFIG, "layers": [1]}""")]
    [InlineData("""{"schemaVersion": 2, "config": CONFIG, "layers": [{"digest": "sha256:1", "size": 1}]}""")]
    [InlineData("""{"schemaVersion": 2, "config": CONFIG, "layers": [], "mediaType": "text/plain"}""")]
    [InlineData("""{"schemaVersion": 2, "config": {"mediaType": "x", "digest": "DIGEST"}, "layers": []}""")]
    [InlineData("""{"schemaVersion": 2, "config": {"mediaType": "x", "digest": "DIGEST", "size": 7}, "layers": []}""")]
    public async Task A_manifest_that_is_none_is_refused(string manifest)
    {
        await using var registry = await TestRegistry.StartAsync();
        await registry.Client.PushBlobAsync("a", Image.Blobs[0]);
        var text = manifest
            .Replace("CONFIG", TestImage.Descriptor(Image.Blobs[0], TestImage.Config), StringComparison.Ordinal)
            .Replace("DIGEST", Digest.Of(Image.Blobs[0]).ToString(), StringComparison.Ordinal);
        using var response = await registry.Client.PutManifestAsync(
            "a",
            "1",
            Encoding.UTF8.GetBytes(text),
            TestImage.OciManifest
        );
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("MANIFEST_INVALID", await RegistryClient.ErrorCodeAsync(response));
    }

    [Fact]
    public async Task A_manifest_of_a_type_no_engine_runs_is_refused()
    {
        await using var registry = await TestRegistry.StartAsync();
        const string type = "application/vnd.docker.distribution.manifest.v1+json";
        using var response = await registry.Client.PutManifestAsync("a", "1", "{}"u8.ToArray(), type);
        Assert.Equal("MANIFEST_INVALID", await RegistryClient.ErrorCodeAsync(response));
    }

    [Fact]
    public async Task A_manifest_pushed_under_another_digest_is_refused()
    {
        await using var registry = await TestRegistry.StartAsync();
        await registry.Client.PushBlobAsync("a", Image.Blobs[0]);
        await registry.Client.PushBlobAsync("a", Layer);
        var other = Digest.Of(Layer).ToString();
        using var response = await registry.Client.PutManifestAsync("a", other, Image.Manifest, Image.MediaType);
        Assert.Equal("DIGEST_INVALID", await RegistryClient.ErrorCodeAsync(response));
    }

    [Fact]
    public async Task A_manifest_of_four_mebibytes_is_stored_and_a_larger_one_than_the_limit_refused()
    {
        await using var registry = await TestRegistry.StartAsync();
        await registry.Client.PushBlobAsync("a", Image.Blobs[0]);
        await registry.Client.PushBlobAsync("a", Layer);
        byte[] Padded(int size) => [.. Image.Manifest, .. Enumerable.Repeat((byte)' ', size - Image.Manifest.Length)];
        using var fits = await registry.Client.PutManifestAsync("a", "1", Padded(4 << 20), Image.MediaType);
        using var tooLarge = await registry.Client.PutManifestAsync("a", "2", Padded((8 << 20) + 1), Image.MediaType);
        Assert.Equal(HttpStatusCode.Created, fits.StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, tooLarge.StatusCode);
    }

    [Fact]
    public async Task A_tag_moves_to_the_manifest_pushed_last()
    {
        await using var registry = await TestRegistry.StartAsync();
        var next = TestImage.Of("""{"v":2}""", Layer);
        await registry.Client.PushAsync("a", "latest", Image);
        await registry.Client.PushAsync("a", "latest", next);
        using var latest = await registry.Client.HeadAsync("/v2/a/manifests/latest");
        using var old = await registry.Client.HeadAsync($"/v2/a/manifests/{Image.Digest}");
        Assert.Equal(next.Digest.ToString(), latest.Headers.GetValues("Docker-Content-Digest").Single());
        Assert.Equal(HttpStatusCode.OK, old.StatusCode);
    }

    [Fact]
    public async Task Deleting_a_tag_leaves_the_manifest_and_other_tags()
    {
        await using var registry = await TestRegistry.StartAsync();
        await registry.Client.PushAsync("a", "1", Image);
        await registry.Client.PushAsync("a", "2", Image);
        using var deleted = await registry.Client.DeleteAsync("/v2/a/manifests/1");
        Assert.Equal(HttpStatusCode.Accepted, deleted.StatusCode);
        Assert.Equal(["2"], registry.Store.Tags("a"));
        using var byDigest = await registry.Client.GetAsync($"/v2/a/manifests/{Image.Digest}");
        Assert.Equal(HttpStatusCode.OK, byDigest.StatusCode);
    }

    [Fact]
    public async Task Deleting_a_manifest_takes_its_tags_along_and_spares_other_repositories()
    {
        await using var registry = await TestRegistry.StartAsync();
        await registry.Client.PushAsync("a", "1", Image);
        await registry.Client.PushAsync("a", "2", TestImage.Of("""{"v":2}""", Layer));
        await registry.Client.PushAsync("b", "1", Image);
        using var deleted = await registry.Client.DeleteAsync($"/v2/a/manifests/{Image.Digest}");
        Assert.Equal(HttpStatusCode.Accepted, deleted.StatusCode);
        Assert.Equal(["2"], registry.Store.Tags("a"));
        Assert.Equal(["1"], registry.Store.Tags("b"));
        using var gone = await registry.Client.GetAsync($"/v2/a/manifests/{Image.Digest}");
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }
}
