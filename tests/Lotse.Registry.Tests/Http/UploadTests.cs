using System.Net;
using Lotse.Registry.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Lotse.Registry.Tests.Http;

public sealed class UploadTests
{
    private static readonly byte[] Content = TestImage.Bytes(1, 3000);
    private static readonly Digest ContentDigest = Digest.Of(Content);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Content_in_one_request_is_stored()
    {
        await using var registry = await TestRegistry.StartAsync();
        using var response = await registry.Client.SendAsync(
            HttpMethod.Post,
            $"/v2/a/blobs/uploads/?digest={ContentDigest}",
            new ByteArrayContent(Content)
        );
        await AssertStoredAsync(registry, response);
    }

    [Fact]
    public async Task Content_in_the_closing_request_is_stored()
    {
        await using var registry = await TestRegistry.StartAsync();
        var location = await registry.Client.BeginUploadAsync("a");
        using var response = await registry.Client.PutAsync(location, ContentDigest, Content);
        await AssertStoredAsync(registry, response);
    }

    [Fact]
    public async Task Content_streamed_without_a_length_is_stored()
    {
        await using var registry = await TestRegistry.StartAsync();
        var location = await registry.Client.BeginUploadAsync("a");
        using var patch = await registry.Client.SendAsync(
            HttpMethod.Patch,
            location,
            new StreamContent(new MemoryStream(Content)),
            ("Transfer-Encoding", "chunked")
        );
        Assert.Equal(HttpStatusCode.Accepted, patch.StatusCode);
        Assert.Equal("0-2999", patch.Headers.GetValues("Range").Single());
        using var response = await registry.Client.PutAsync(location, ContentDigest, []);
        await AssertStoredAsync(registry, response);
    }

    [Fact]
    public async Task Content_in_ordered_chunks_is_stored()
    {
        await using var registry = await TestRegistry.StartAsync();
        var location = await registry.Client.BeginUploadAsync("a");
        using var first = await registry.Client.PatchAsync(location, Content[..1000], "0-999");
        using var second = await registry.Client.PatchAsync(location, Content[1000..2000], "1000-1999");
        Assert.Equal("0-1999", second.Headers.GetValues("Range").Single());
        Assert.Equal(location, second.Headers.Location!.ToString());
        using var response = await registry.Client.PutAsync(location, ContentDigest, Content[2000..], "2000-2999");
        await AssertStoredAsync(registry, response);
    }

    [Theory]
    [InlineData("0-999")]
    [InlineData("999-1998")]
    [InlineData("1001-2000")]
    public async Task A_chunk_out_of_order_is_refused_and_the_upload_goes_on(string range)
    {
        await using var registry = await TestRegistry.StartAsync();
        var location = await registry.Client.BeginUploadAsync("a");
        using var first = await registry.Client.PatchAsync(location, Content[..1000], "0-999");
        using var wrong = await registry.Client.PatchAsync(location, Content[1000..2000], range);
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, wrong.StatusCode);
        Assert.Equal("0-999", wrong.Headers.GetValues("Range").Single());
        using var response = await registry.Client.PutAsync(location, ContentDigest, Content[1000..], "1000-2999");
        await AssertStoredAsync(registry, response);
    }

    [Theory]
    [InlineData("0-500")]
    [InlineData("0-1000")]
    [InlineData("5-1")]
    [InlineData("some")]
    [InlineData("bytes 0-999/1000")]
    public async Task A_chunk_that_contradicts_its_range_is_refused(string range)
    {
        await using var registry = await TestRegistry.StartAsync();
        var location = await registry.Client.BeginUploadAsync("a");
        using var response = await registry.Client.PatchAsync(location, Content[..1000], range);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("SIZE_INVALID", await RegistryClient.ErrorCodeAsync(response));
    }

    [Fact]
    public async Task The_status_says_where_to_go_on()
    {
        await using var registry = await TestRegistry.StartAsync();
        var location = await registry.Client.BeginUploadAsync("a");
        using var patch = await registry.Client.PatchAsync(location, Content[..1234]);
        using var status = await registry.Client.GetAsync(location);
        Assert.Equal(HttpStatusCode.NoContent, status.StatusCode);
        Assert.Equal("0-1233", status.Headers.GetValues("Range").Single());
        Assert.Equal(location, status.Headers.Location!.ToString());
    }

    [Fact]
    public async Task A_cancelled_upload_is_gone_with_its_bytes()
    {
        using var scratch = new Scratch();
        await using var registry = await TestRegistry.StartAsync(scratch.Path);
        var location = await registry.Client.BeginUploadAsync("a");
        using var patch = await registry.Client.PatchAsync(location, Content);
        using var cancel = await registry.Client.DeleteAsync(location);
        using var status = await registry.Client.GetAsync(location);
        Assert.Equal(HttpStatusCode.NoContent, cancel.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, status.StatusCode);
        Assert.Empty(scratch.Uploads);
    }

    [Fact]
    public async Task Content_that_is_not_what_was_promised_is_refused_and_gone()
    {
        using var scratch = new Scratch();
        await using var registry = await TestRegistry.StartAsync(scratch.Path);
        var location = await registry.Client.BeginUploadAsync("a");
        using var response = await registry.Client.PutAsync(location, ContentDigest, Content[1..]);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("DIGEST_INVALID", await RegistryClient.ErrorCodeAsync(response));
        Assert.Empty(scratch.Uploads);
        Assert.Empty(scratch.Blobs);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?digest=")]
    [InlineData("?digest=sha512:00")]
    [InlineData("?digest=sha256:ABCDEF")]
    public async Task An_upload_is_not_closed_without_a_digest_it_knows(string query)
    {
        await using var registry = await TestRegistry.StartAsync();
        var location = await registry.Client.BeginUploadAsync("a");
        using var refused = await registry.Client.SendAsync(HttpMethod.Put, location + query, new ByteArrayContent([]));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal("DIGEST_INVALID", await RegistryClient.ErrorCodeAsync(refused));
        using var response = await registry.Client.PutAsync(location, ContentDigest, Content);
        await AssertStoredAsync(registry, response);
    }

    [Fact]
    public async Task An_upload_belongs_to_its_repository()
    {
        await using var registry = await TestRegistry.StartAsync();
        var location = await registry.Client.BeginUploadAsync("a");
        using var response = await registry.Client.GetAsync(
            location.Replace("/v2/a/", "/v2/b/", StringComparison.Ordinal)
        );
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Content_known_from_another_repository_is_mounted()
    {
        await using var registry = await TestRegistry.StartAsync();
        await registry.Client.PushBlobAsync("a", Content);
        using var response = await registry.Client.SendAsync(
            HttpMethod.Post,
            $"/v2/b/blobs/uploads/?mount={ContentDigest}&from=a"
        );
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal($"/v2/b/blobs/{ContentDigest}", response.Headers.Location!.ToString());
        Assert.Equal(Content.Length, registry.Server.Totals.ReceivedBytes);
    }

    [Fact]
    public async Task Mounting_unknown_content_begins_an_upload()
    {
        await using var registry = await TestRegistry.StartAsync();
        using var begun = await registry.Client.SendAsync(
            HttpMethod.Post,
            $"/v2/a/blobs/uploads/?mount={ContentDigest}&from=b"
        );
        Assert.Equal(HttpStatusCode.Accepted, begun.StatusCode);
        var location = begun.Headers.Location!.ToString();
        using var response = await registry.Client.PutAsync(location, ContentDigest, Content);
        await AssertStoredAsync(registry, response);
    }

    [Fact]
    public async Task An_upload_cut_off_by_its_client_can_be_resumed()
    {
        await using var registry = await TestRegistry.StartAsync();
        var location = await registry.Client.BeginUploadAsync("a");
        using (var broken = new StallingContent(Content[..1000]))
        using (var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation))
        {
            using var request = new HttpRequestMessage(HttpMethod.Patch, location) { Content = broken };
            var sending = registry.Http.SendAsync(request, stop.Token);
            await broken.Stalled;
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        }

        using var status = await registry.Client.GetAsync(location);
        var range = status.Headers.GetValues("Range").Single();
        var next = int.Parse(range.Split('-')[1], System.Globalization.CultureInfo.InvariantCulture);
        next = next == 0 ? 0 : next + 1;
        using var response = await registry.Client.PutAsync(location, ContentDigest, Content[next..]);
        await AssertStoredAsync(registry, response);
    }

    [Fact]
    public async Task An_idle_upload_is_dropped_when_the_next_begins()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        using var scratch = new Scratch();
        await using var registry = await TestRegistry.StartAsync(
            scratch.Path,
            options => options with { TimeProvider = time, UploadIdleTimeout = TimeSpan.FromMinutes(10) }
        );
        var idle = await registry.Client.BeginUploadAsync("a");
        time.Advance(TimeSpan.FromMinutes(9));
        var busy = await registry.Client.BeginUploadAsync("a");
        time.Advance(TimeSpan.FromMinutes(2));
        await registry.Client.BeginUploadAsync("a");
        using var dropped = await registry.Client.GetAsync(idle);
        using var alive = await registry.Client.GetAsync(busy);
        Assert.Equal(HttpStatusCode.NotFound, dropped.StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, alive.StatusCode);
        Assert.Equal(2, scratch.Uploads.Count);
    }

    private static async Task AssertStoredAsync(TestRegistry registry, HttpResponseMessage response)
    {
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal(ContentDigest.ToString(), response.Headers.GetValues("Docker-Content-Digest").Single());
        var back = await registry.Http.GetByteArrayAsync(response.Headers.Location, Cancellation);
        Assert.Equal(Content, back);
    }
}
