using System.Collections.Immutable;
using System.Threading.Channels;

namespace Gocatest.Live;

/// <summary>Hands every published item to everyone who is subscribed at that moment.</summary>
/// <typeparam name="T">An immutable item: it is shared by all subscribers.</typeparam>
internal sealed class Broadcast<T>
{
    /// <summary>Items that may wait for a slow subscriber before it is let go.</summary>
    public const int Patience = 256;

    private ImmutableArray<Channel<T>> channels = [];

    /// <summary>Receives what is published from now on, until disposed.</summary>
    public Subscription Subscribe()
    {
        var channel = Channel.CreateBounded<T>(Patience);
        ImmutableInterlocked.Update(ref channels, (all, one) => all.Add(one), channel);
        return new Subscription(this, channel);
    }

    /// <summary>Never waits: who has fallen behind is ended and must come back to catch up.</summary>
    public void Publish(T item)
    {
        foreach (var channel in channels)
        {
            if (!channel.Writer.TryWrite(item))
            {
                channel.Writer.TryComplete();
            }
        }
    }

    internal sealed class Subscription(Broadcast<T> owner, Channel<T> channel) : IDisposable
    {
        public ChannelReader<T> Items => channel.Reader;

        public void Dispose() =>
            ImmutableInterlocked.Update(ref owner.channels, (all, one) => all.Remove(one), channel);
    }
}
