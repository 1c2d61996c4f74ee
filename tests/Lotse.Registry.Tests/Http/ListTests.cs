using System.Net;
using System.Text.Json;
using Lotse.Registry.Tests.Support;

namespace Lotse.Registry.Tests.Http;

public sealed class ListTests
{
    private static readonly TestImage Image = TestImage.Of("{}", TestImage.Bytes(1, 10));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", "B,a,b,v1.0.,v1.0.0")]
    [InlineData("?n=2", "B,a")]
    [InlineData("?n=2&last=a", "b,v1.0.")]
    [InlineData("?last=b", "v1.0.,v1.0.0")]
    [InlineData("?n=0", "")]
    [InlineData("?n=100", "B,a,b,v1.0.,v1.0.0")]
    [InlineData("?last=zzz", "")]
    public async Task Tags_come_in_byte_order_and_pages(string query, string expected)
    {
        await using var registry = await TestRegistry.StartAsync();
        foreach (var tag in new[] { "v1.0.0", "b", "a", "B", "v1.0." })
        {
            await registry.Client.PushAsync("shop/web", tag, Image);
        }

        using var json = await GetAsync(registry, "/v2/shop/web/tags/list" + query);
        Assert.Equal("shop/web", json.RootElement.GetProperty("name").GetString());
        var tags = json.RootElement.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString());
        Assert.Equal(expected, string.Join(',', tags));
    }

    [Fact]
    public async Task Pages_link_to_the_next_until_the_last()
    {
        await using var registry = await TestRegistry.StartAsync();
        foreach (var tag in new[] { "a", "b", "c" })
        {
            await registry.Client.PushAsync("x", tag, Image);
        }

        using var first = await registry.Client.GetAsync("/v2/x/tags/list?n=2");
        Assert.Equal("</v2/x/tags/list?n=2&last=b>; rel=\"next\"", first.Headers.GetValues("Link").Single());
        using var last = await registry.Client.GetAsync("/v2/x/tags/list?n=2&last=b");
        Assert.False(last.Headers.Contains("Link"));
    }

    [Fact]
    public async Task A_wrong_page_size_is_refused()
    {
        await using var registry = await TestRegistry.StartAsync();
        await registry.Client.PushAsync("x", "1", Image);
        using var response = await registry.Client.GetAsync("/v2/x/tags/list?n=-1");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Tags_that_differ_in_case_alone_are_different()
    {
        await using var registry = await TestRegistry.StartAsync();
        var other = TestImage.Of("""{"v":2}""");
        await registry.Client.PushAsync("x", "rc1", Image);
        await registry.Client.PushAsync("x", "RC1", other);
        Assert.Equal(Image.Digest, (await registry.Store.ResolveAsync("x", "rc1", Cancellation))!.Digest);
        Assert.Equal(other.Digest, (await registry.Store.ResolveAsync("x", "RC1", Cancellation))!.Digest);
        Assert.Equal(2, registry.Store.Tags("x").Count);
    }

    [Fact]
    public async Task Referrers_of_a_manifest_are_listed_with_type_and_annotations()
    {
        await using var registry = await TestRegistry.StartAsync();
        var subject = TestImage.Descriptor(Image.Manifest, Image.MediaType);
        var typed = Referrer(subject, "\"artifactType\": \"application/x-sbom\", \"annotations\": {\"k\": \"v\"},");
        var untyped = Referrer(subject, "");
        foreach (var blob in typed.Blobs)
        {
            await registry.Client.PushBlobAsync("x", blob);
        }

        using var pushed = await registry.Client.PutManifestAsync("x", "sbom", typed.Manifest, typed.MediaType);
        Assert.Equal(Image.Digest.ToString(), pushed.Headers.GetValues("OCI-Subject").Single());
        await registry.Client.PushAsync("x", "plain", untyped);
        await registry.Client.PushAsync("x", "unrelated", TestImage.Of("{}"));

        using var all = await GetAsync(registry, $"/v2/x/referrers/{Image.Digest}");
        Assert.Equal(
            new Dictionary<string, string>
            {
                [typed.Digest.ToString()] = "application/x-sbom",
                [untyped.Digest.ToString()] = TestImage.Config,
            },
            all.RootElement.GetProperty("manifests")
                .EnumerateArray()
                .ToDictionary(
                    item => item.GetProperty("digest").GetString()!,
                    item => item.GetProperty("artifactType").GetString()!
                )
        );
    }

    [Fact]
    public async Task Referrers_can_be_filtered_by_type()
    {
        await using var registry = await TestRegistry.StartAsync();
        var subject = TestImage.Descriptor(Image.Manifest, Image.MediaType);
        await registry.Client.PushAsync("x", "1", Referrer(subject, "\"artifactType\": \"a/a\","));
        var wanted = Referrer(subject, "\"artifactType\": \"b/b\", \"annotations\": {\"k\": \"v\"},");
        await registry.Client.PushAsync("x", "2", wanted);
        using var response = await registry.Client.GetAsync($"/v2/x/referrers/{Image.Digest}?artifactType=b/b");
        Assert.Equal("artifactType", response.Headers.GetValues("OCI-Filters-Applied").Single());
        Assert.Equal(TestImage.OciIndex, response.Content.Headers.ContentType!.ToString());
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancellation));
        var only = Assert.Single(json.RootElement.GetProperty("manifests").EnumerateArray());
        Assert.Equal(wanted.Digest.ToString(), only.GetProperty("digest").GetString());
        Assert.Equal("v", only.GetProperty("annotations").GetProperty("k").GetString());
    }

    [Fact]
    public async Task A_manifest_without_referrers_has_an_empty_index()
    {
        await using var registry = await TestRegistry.StartAsync();
        using var json = await GetAsync(registry, $"/v2/unknown/referrers/{Image.Digest}");
        Assert.Equal(0, json.RootElement.GetProperty("manifests").GetArrayLength());
    }

    private static TestImage Referrer(string subject, string extra) =>
        TestImage.Of(TestImage.OciManifest, """{"about":1}""", [], $"\"subject\": {subject}, {extra}");

    private static async Task<JsonDocument> GetAsync(TestRegistry registry, string path) =>
        JsonDocument.Parse(await registry.Http.GetStringAsync(path, Cancellation));
}
