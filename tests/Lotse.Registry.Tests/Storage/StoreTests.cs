using System.Formats.Tar;
using System.Text.Json;
using Lotse.Registry.Tests.Support;

namespace Lotse.Registry.Tests.Storage;

public sealed class StoreTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_tag_resolves_to_its_manifest_configuration_and_layers()
    {
        await using var registry = await TestRegistry.StartAsync();
        var (one, two) = (TestImage.Bytes(1, 100), TestImage.Bytes(2, 200));
        var image = TestImage.Of("{}", one, two, one);
        await registry.Client.PushAsync("shop/web", "1.0", image);
        var found = await registry.Store.ResolveAsync("shop/web", "1.0", Cancellation);
        Assert.NotNull(found);
        Assert.Equal(image.Digest, found.Digest);
        Assert.Equal(image.Manifest.Length, found.Size);
        Assert.Equal(TestImage.OciManifest, found.MediaType);
        Assert.Equal(Digest.Of("{}"u8), found.ConfigDigest);
        Assert.Equal([new ImageLayer(Digest.Of(one), 100), new ImageLayer(Digest.Of(two), 200)], found.Layers);
        Assert.Equal(300, found.LayerBytes);
    }

    [Fact]
    public async Task An_index_resolves_to_its_image_without_what_builders_attest_about_it()
    {
        await using var registry = await TestRegistry.StartAsync();
        var layer = TestImage.Bytes(1, 100);
        var image = TestImage.Of("{}", layer);
        var attestation = TestImage.Of("""{"a":1}""", TestImage.Bytes(2, 50));
        await registry.Client.PushAsync("a", image.Digest.ToString(), image);
        await registry.Client.PushAsync("a", attestation.Digest.ToString(), attestation);
        var index = TestImage.Index(
            TestImage.OciIndex,
            TestImage.Descriptor(image.Manifest, image.MediaType),
            TestImage.Descriptor(
                attestation.Manifest,
                attestation.MediaType,
                """, "platform": {"os": "unknown", "architecture": "unknown"}"""
            )
        );
        using var put = await registry.Client.PutManifestAsync("a", "1", index, TestImage.OciIndex);
        var found = await registry.Store.ResolveAsync("a", "1", Cancellation);
        Assert.Equal(Digest.Of(index), found!.Digest);
        Assert.Equal(Digest.Of("{}"u8), found.ConfigDigest);
        Assert.Equal([new ImageLayer(Digest.Of(layer), 100)], found.Layers);
    }

    [Theory]
    [InlineData("a", "2")]
    [InlineData("b", "1")]
    [InlineData("a", "no tag!")]
    public async Task What_is_not_there_resolves_to_nothing(string repository, string reference)
    {
        await using var registry = await TestRegistry.StartAsync();
        await registry.Client.PushAsync("a", "1", TestImage.Of("{}"));
        Assert.Null(await registry.Store.ResolveAsync(repository, reference, Cancellation));
    }

    [Fact]
    public async Task A_deleted_tag_is_gone()
    {
        await using var registry = await TestRegistry.StartAsync();
        await registry.Client.PushAsync("a", "1", TestImage.Of("{}"));
        Assert.True(registry.Store.DeleteTag("a", "1"));
        Assert.False(registry.Store.DeleteTag("a", "1"));
        Assert.Null(await registry.Store.ResolveAsync("a", "1", Cancellation));
    }

    [Fact]
    public async Task An_exported_archive_holds_an_image_layout_with_verified_content()
    {
        await using var registry = await TestRegistry.StartAsync();
        var (present, missing) = (TestImage.Bytes(1, 100), TestImage.Bytes(2, 200));
        var image = TestImage.Of("{}", present, missing, missing);
        await registry.Client.PushAsync("a", "1", image);
        using var archive = new MemoryStream();
        var progress = new Heard();
        await registry.Store.ExportAsync(new ManifestReference("a", "1"), ["a:1"], 1, archive, progress, Cancellation);

        Assert.Equal(new LayerSent(Digest.Of(missing), missing.Length, missing.Length), progress.Reports[^1]);
        Assert.DoesNotContain(progress.Reports, r => r.Layer != Digest.Of(missing));
        var files = ReadTar(archive);
        Assert.Equal(
            new[] { "{}"u8.ToArray(), image.Manifest, missing }
                .Select(content => $"blobs/sha256/{Digest.Of(content).Hex}")
                .Concat(["index.json", "manifest.json", "oci-layout"])
                .Order(StringComparer.Ordinal),
            files.Keys.Order(StringComparer.Ordinal)
        );
        Assert.Equal(missing, files[$"blobs/sha256/{Digest.Of(missing).Hex}"]);
        using var docker = JsonDocument.Parse(files["manifest.json"]);
        Assert.Equal(3, docker.RootElement[0].GetProperty("Layers").GetArrayLength());
        using var index = JsonDocument.Parse(files["index.json"]);
        var digest = index.RootElement.GetProperty("manifests")[0].GetProperty("digest").GetString();
        Assert.Equal(image.Digest.ToString(), digest);
    }

    [Theory]
    [InlineData("a:1", "docker.io/library/a:1")]
    [InlineData("team/a:1", "docker.io/team/a:1")]
    [InlineData("ghcr.io/team/a:1", "ghcr.io/team/a:1")]
    [InlineData("localhost/a:1", "localhost/a:1")]
    [InlineData("hub:5000/a:1", "hub:5000/a:1")]
    public async Task An_exported_archive_names_the_image_with_its_host_and_by_what_engines_call_it(
        string name,
        string full
    )
    {
        await using var registry = await TestRegistry.StartAsync();
        await registry.Client.PushAsync("a", "1", TestImage.Of("{}", TestImage.Bytes(1, 10)));
        using var archive = new MemoryStream();

        await registry.Store.ExportAsync(new("a", "1"), [name], 0, archive, cancellation: Cancellation);

        var files = ReadTar(archive);
        using var docker = JsonDocument.Parse(files["manifest.json"]);
        Assert.Equal(name, docker.RootElement[0].GetProperty("RepoTags")[0].GetString());
        using var index = JsonDocument.Parse(files["index.json"]);
        var annotations = index.RootElement.GetProperty("manifests")[0].GetProperty("annotations");
        Assert.Equal(full, annotations.GetProperty("io.containerd.image.name").GetString());
    }

    [Theory]
    [InlineData("""{"rootfs": {"type": "layers", "diff_ids": ["sha256:1", "sha256:2"]}}""", "sha256:1 sha256:2")]
    [InlineData("""{"rootfs": {}}""", "")]
    [InlineData("[]", "")]
    [InlineData("no JSON", "")]
    public async Task The_unpacked_layers_are_those_of_the_configuration(string configuration, string layers)
    {
        await using var registry = await TestRegistry.StartAsync();
        await registry.Client.PushAsync("a", "1", TestImage.Of(configuration, TestImage.Bytes(1, 10)));
        var found = await registry.Store.ReadUnpackedLayersAsync(new("a", "1"), Cancellation);
        Assert.Equal(layers, string.Join(' ', found));
    }

    [Fact]
    public async Task What_is_not_there_cannot_be_exported()
    {
        await using var registry = await TestRegistry.StartAsync();
        var nothing = new ManifestReference("a", "1");
        var error = await Assert.ThrowsAsync<RegistryException>(() =>
            registry.Store.ExportAsync(nothing, ["a:1"], 0, Stream.Null, cancellation: Cancellation)
        );
        Assert.Equal(RegistryFault.ManifestUnknown, error.Fault);
    }

    [Fact]
    public void A_directory_of_another_format_is_refused_with_what_to_do()
    {
        using var scratch = new Scratch();
        File.WriteAllText(Path.Combine(scratch.Path, "format"), "lotse-registry 99\n");
        var error = Assert.Throws<RegistryException>(() => RegistryStore.Open(scratch.Path));
        Assert.Equal(RegistryFault.FormatUnknown, error.Fault);
    }

    [Fact]
    public void A_place_where_no_directory_can_be_is_refused_as_storage()
    {
        using var scratch = new Scratch();
        var file = Path.Combine(scratch.Path, "file");
        File.WriteAllText(file, "");
        var error = Assert.Throws<RegistryException>(() => RegistryStore.Open(Path.Combine(file, "store")));
        Assert.Equal(RegistryFault.StorageFailed, error.Fault);
    }

    [Fact]
    public void A_new_store_is_for_its_user_alone()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no such file modes.");
            return;
        }

        using var scratch = new Scratch();
        var directory = Path.Combine(scratch.Path, "store");
        RegistryStore.Open(directory);
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            File.GetUnixFileMode(directory)
        );
    }

    private static Dictionary<string, byte[]> ReadTar(MemoryStream archive)
    {
        archive.Position = 0;
        var files = new Dictionary<string, byte[]>();
        using var tar = new TarReader(archive);
        while (tar.GetNextEntry() is { } entry)
        {
            using var content = new MemoryStream();
            entry.DataStream?.CopyTo(content);
            files[entry.Name] = content.ToArray();
        }

        return files;
    }

    private sealed class Heard : IProgress<LayerSent>
    {
        public List<LayerSent> Reports { get; } = [];

        public void Report(LayerSent value) => Reports.Add(value);
    }
}
