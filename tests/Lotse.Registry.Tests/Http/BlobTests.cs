using System.Net;
using System.Net.Http.Headers;
using Lotse.Registry.Tests.Support;

namespace Lotse.Registry.Tests.Http;

public sealed class BlobTests
{
    private static readonly byte[] Content = TestImage.Bytes(1, 1000);
    private static readonly string Path = $"/v2/a/b/blobs/{Digest.Of(Content)}";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Content_comes_back_byte_for_byte_with_its_digest()
    {
        await using var registry = await TestRegistry.StartAsync();
        await registry.Client.PushBlobAsync("a/b", Content);
        using var response = await registry.Client.GetAsync(Path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(Content, await response.Content.ReadAsByteArrayAsync(Cancellation));
        Assert.Equal(Digest.Of(Content).ToString(), response.Headers.GetValues("Docker-Content-Digest").Single());
    }

    [Fact]
    public async Task Content_larger_than_any_buffer_comes_back_whole()
    {
        await using var registry = await TestRegistry.StartAsync();
        var large = TestImage.Bytes(2, 5_000_001);
        await registry.Client.PushBlobAsync("a", large);
        var back = await registry.Http.GetByteArrayAsync($"/v2/a/blobs/{Digest.Of(large)}", Cancellation);
        Assert.True(large.AsSpan().SequenceEqual(back));
    }

    [Fact]
    public async Task Empty_content_is_content()
    {
        await using var registry = await TestRegistry.StartAsync();
        await registry.Client.PushBlobAsync("a", []);
        Assert.Empty(await registry.Http.GetByteArrayAsync($"/v2/a/blobs/{Digest.Of([])}", Cancellation));
    }

    [Fact]
    public async Task Asking_for_content_says_its_size_and_sends_nothing()
    {
        await using var registry = await TestRegistry.StartAsync();
        await registry.Client.PushBlobAsync("a/b", Content);
        using var response = await registry.Client.HeadAsync(Path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(Content.Length, response.Content.Headers.ContentLength);
        Assert.Equal(Digest.Of(Content).ToString(), response.Headers.GetValues("Docker-Content-Digest").Single());
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(Cancellation));
    }

    [Fact]
    public async Task Unknown_content_is_not_found()
    {
        await using var registry = await TestRegistry.StartAsync();
        using var head = await registry.Client.HeadAsync(Path);
        using var get = await registry.Client.GetAsync(Path);
        Assert.Equal(HttpStatusCode.NotFound, head.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, get.StatusCode);
        Assert.Equal("BLOB_UNKNOWN", await RegistryClient.ErrorCodeAsync(get));
    }

    [Theory]
    [InlineData("bytes=0-0", 0, 1)]
    [InlineData("bytes=10-19", 10, 10)]
    [InlineData("bytes=990-5000", 990, 10)]
    [InlineData("bytes=990-", 990, 10)]
    [InlineData("bytes=-10", 990, 10)]
    [InlineData("bytes=-5000", 0, 1000)]
    public async Task A_range_is_answered_with_just_that_part(string range, int start, int count)
    {
        await using var registry = await TestRegistry.StartAsync();
        await registry.Client.PushBlobAsync("a/b", Content);
        using var response = await registry.Client.GetAsync(Path, ("Range", range));
        Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
        Assert.Equal(
            new ContentRangeHeaderValue(start, start + count - 1, Content.Length),
            response.Content.Headers.ContentRange
        );
        Assert.Equal(Content[start..(start + count)], await response.Content.ReadAsByteArrayAsync(Cancellation));
    }

    [Theory]
    [InlineData("bytes=1000-")]
    [InlineData("bytes=-0")]
    public async Task A_range_outside_of_the_content_is_refused(string range)
    {
        await using var registry = await TestRegistry.StartAsync();
        await registry.Client.PushBlobAsync("a/b", Content);
        using var response = await registry.Client.GetAsync(Path, ("Range", range));
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, response.StatusCode);
        Assert.Equal(new ContentRangeHeaderValue(Content.Length), response.Content.Headers.ContentRange);
    }

    [Theory]
    [InlineData("bytes=0-1,5-6", null)]
    [InlineData("lines=1-2", null)]
    [InlineData("bytes=0-1", "\"other\"")]
    public async Task A_range_that_need_not_be_served_is_answered_with_the_whole(string range, string? condition)
    {
        await using var registry = await TestRegistry.StartAsync();
        await registry.Client.PushBlobAsync("a/b", Content);
        (string, string)[] headers = condition is null
            ? [("Range", range)]
            : [("Range", range), ("If-Range", condition)];
        using var response = await registry.Client.GetAsync(Path, headers);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(Content, await response.Content.ReadAsByteArrayAsync(Cancellation));
    }

    [Fact]
    public async Task Content_cannot_be_deleted_under_others_who_share_it()
    {
        await using var registry = await TestRegistry.StartAsync();
        await registry.Client.PushBlobAsync("a/b", Content);
        using var response = await registry.Client.DeleteAsync(Path);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(Content, await registry.Http.GetByteArrayAsync(Path, Cancellation));
    }
}
