using Gocatest.Live;

namespace Gocatest.Tests.Live;

public sealed class BroadcastTests
{
    [Fact]
    public void Every_subscriber_gets_every_item_from_then_on()
    {
        var broadcast = new Broadcast<int>();
        broadcast.Publish(1);
        using var one = broadcast.Subscribe();
        using var other = broadcast.Subscribe();
        broadcast.Publish(2);

        Assert.Equal([2], Read(one));
        Assert.Equal([2], Read(other));
    }

    [Fact]
    public void Who_falls_behind_is_ended_and_holds_up_nobody()
    {
        var broadcast = new Broadcast<int>();
        using var slow = broadcast.Subscribe();
        using var quick = broadcast.Subscribe();
        for (var i = 0; i <= Broadcast<int>.Patience; i++)
        {
            broadcast.Publish(i);
            Assert.Equal([i], Read(quick));
        }

        Assert.Equal(Broadcast<int>.Patience, Read(slow).Count);
        Assert.True(slow.Items.Completion.IsCompletedSuccessfully);
    }

    [Fact]
    public void Who_has_left_gets_nothing_more()
    {
        var broadcast = new Broadcast<int>();
        var gone = broadcast.Subscribe();
        gone.Dispose();
        broadcast.Publish(1);

        Assert.Empty(Read(gone));
    }

    private static List<int> Read(Broadcast<int>.Subscription subscription)
    {
        var items = new List<int>();
        while (subscription.Items.TryRead(out var item))
        {
            items.Add(item);
        }

        return items;
    }
}
