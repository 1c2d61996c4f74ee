using Lotse.Registry.Tests.Support;

namespace Lotse.Registry.Tests.Http;

public sealed class TransferTests
{
    private static readonly byte[] Layer = TestImage.Bytes(1, 3 << 20);
    private static readonly TestImage Image = TestImage.Of("{}", Layer);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_push_reports_its_bytes_on_the_way_and_its_digest_at_the_end()
    {
        await using var registry = await TestRegistry.StartAsync();
        await registry.Client.PushBlobAsync("a", Layer);
        var events = registry.Reports.Transfers.ToList();
        Assert.All(events, item => Assert.Equal((TransferDirection.Received, "a"), (item.Direction, item.Repository)));
        Assert.Single(events.Select(item => item.Id).Distinct());
        Assert.Equal(
            [
                (TransferState.Running, 1L << 20),
                (TransferState.Running, 2L << 20),
                (TransferState.Running, 3L << 20),
                (TransferState.Completed, 3L << 20),
            ],
            events.Select(item => (item.State, item.Bytes))
        );
        Assert.Equal(Digest.Of(Layer), events[^1].Digest);
    }

    [Fact]
    public async Task A_pull_reports_what_it_sent()
    {
        await using var registry = await TestRegistry.StartAsync();
        await registry.Client.PushBlobAsync("a", Layer);
        await registry.Http.GetByteArrayAsync($"/v2/a/blobs/{Digest.Of(Layer)}", Cancellation);
        await registry.Server.DisposeAsync();
        var sent = registry.Reports.Transfers.Where(item => item.Direction == TransferDirection.Sent).ToList();
        Assert.All(sent, item => Assert.Equal((Digest.Of(Layer), Layer.Length), (item.Digest, item.TotalBytes)));
        Assert.Equal((TransferState.Completed, Layer.Length), (sent[^1].State, sent[^1].Bytes));
        Assert.Equal(Layer.Length, registry.Server.Totals.SentBytes);
    }

    [Fact]
    public async Task A_second_push_counts_as_reused_what_need_not_be_sent()
    {
        await using var registry = await TestRegistry.StartAsync();
        await registry.Client.PushAsync("a", "1", Image);
        var before = registry.Server.Totals;
        await registry.Client.PushAsync("b", "1", Image);
        await registry.Client.PushAsync("b", "2", Image);
        var totals = registry.Server.Totals;
        Assert.Equal(0, before.ReusedBlobs);
        Assert.Equal(2, totals.ReusedBlobs);
        Assert.Equal(Layer.Length + 2, totals.ReusedBytes);
        Assert.Equal(2 * Image.Manifest.Length, totals.ReceivedBytes - before.ReceivedBytes);
    }

    [Fact]
    public async Task An_upload_that_fails_says_why()
    {
        await using var registry = await TestRegistry.StartAsync();
        var location = await registry.Client.BeginUploadAsync("a");
        using var response = await registry.Client.PutAsync(location, Digest.Of(Layer), [1, 2, 3]);
        var failed = Assert.Single(registry.Reports.Transfers);
        Assert.Equal((TransferState.Failed, 3L), (failed.State, failed.Bytes));
        Assert.Contains(Digest.Of(Layer).ToString(), failed.Error, StringComparison.Ordinal);
        Assert.Empty(registry.Reports.Failures);
    }
}
