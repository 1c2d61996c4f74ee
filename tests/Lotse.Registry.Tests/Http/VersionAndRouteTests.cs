using System.Net;
using Lotse.Registry.Tests.Support;

namespace Lotse.Registry.Tests.Http;

public sealed class VersionAndRouteTests
{
    [Theory]
    [InlineData("/v2/")]
    [InlineData("/v2")]
    public async Task The_version_check_answers_as_registry_2(string path)
    {
        await using var registry = await TestRegistry.StartAsync();
        using var response = await registry.Client.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("registry/2.0", response.Headers.GetValues("Docker-Distribution-API-Version").Single());
    }

    [Theory]
    [InlineData("GET", "/", 404, "UNSUPPORTED")]
    [InlineData("GET", "/v1/x", 404, "UNSUPPORTED")]
    [InlineData("GET", "/v2/x/nothing", 404, "UNSUPPORTED")]
    [InlineData("GET", "/v2/Upper/tags/list", 400, "NAME_INVALID")]
    [InlineData("GET", "/v2/a..b/tags/list", 400, "NAME_INVALID")]
    [InlineData("GET", "/v2//manifests/latest", 400, "NAME_INVALID")]
    [InlineData("GET", "/v2/a/%2e%2e%2fb/manifests/latest", 400, "NAME_INVALID")]
    [InlineData("GET", "/v2/a/manifests/-x", 400, "MANIFEST_INVALID")]
    [InlineData("GET", "/v2/a/manifests/latest", 404, "MANIFEST_UNKNOWN")]
    [InlineData("GET", "/v2/a/blobs/sha256:abc", 400, "DIGEST_INVALID")]
    [InlineData("GET", "/v2/a/blobs/md5:d41d8cd98f00b204e9800998ecf8427e", 400, "DIGEST_INVALID")]
    [InlineData("GET", "/v2/a/tags/list", 404, "NAME_UNKNOWN")]
    [InlineData("GET", "/v2/a/blobs/uploads/nope", 404, "BLOB_UPLOAD_UNKNOWN")]
    [InlineData("PATCH", "/v2/a/blobs/uploads/nope", 404, "BLOB_UPLOAD_UNKNOWN")]
    [InlineData("GET", "/v2/a/blobs/uploads/", 405, "UNSUPPORTED")]
    [InlineData("POST", "/v2/a/manifests/latest", 405, "UNSUPPORTED")]
    [InlineData("DELETE", "/v2/a/manifests/latest", 404, "MANIFEST_UNKNOWN")]
    [InlineData("POST", "/v2/a/tags/list", 405, "UNSUPPORTED")]
    [InlineData("GET", "/v2/a/referrers/x", 400, "DIGEST_INVALID")]
    public async Task A_request_that_cannot_be_served_gets_the_specs_error(
        string method,
        string path,
        int status,
        string code
    )
    {
        await using var registry = await TestRegistry.StartAsync();
        using var response = await registry.Client.SendAsync(new HttpMethod(method), path);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(code, await RegistryClient.ErrorCodeAsync(response));
    }

    [Fact]
    public async Task A_repository_may_be_named_like_a_part_of_the_path()
    {
        await using var registry = await TestRegistry.StartAsync();
        var image = TestImage.Of("{}");
        await registry.Client.PushAsync("a/blobs/uploads", "manifests", image);
        using var response = await registry.Client.GetAsync("/v2/a/blobs/uploads/manifests/manifests");
        Assert.Equal(
            image.Manifest,
            await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)
        );
    }
}
