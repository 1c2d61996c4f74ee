using System.Globalization;
using Docker.DotNet;
using Docker.DotNet.Models;
using Lotse.Execution.Ports;

namespace Lotse.Hosts.Docker;

/// <summary>
/// One subscription to the engine's events for all watches of containers, as long as there are any: each would hold a connection otherwise, of which a host has
/// few. A watch counts events from the engine's own time at the moment of the call on; what lies before the stream's start is replayed by the engine from its
/// buffer. So nothing between the call and the stream's start is missed, whatever this machine's clock says. A stream that breaks is taken up again from its
/// last event on; only when that fails for a while do the watches fault.
/// </summary>
internal sealed class EventStream(IDockerClient client, TimeProvider time)
{
    /// <summary>How often in a row it is tried to take the stream up again.</summary>
    private const int MostAttempts = 8;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(10);

    private readonly Lock sync = new();
    private readonly HashSet<EventWatch> watches = [];
    private Subscription? current;

    /// <summary>Watches a container, by its name or full id; it need not be there yet.</summary>
    public async Task<EventWatch> WatchAsync(string container, CancellationToken cancellation)
    {
        var info = await client.System.GetSystemInfoAsync(cancellation);
        var since = NanosecondsOf(info.SystemTime);
        var watch = new EventWatch(container, since, LeaveAsync);
        lock (sync)
        {
            watches.Add(watch);
            current ??= Subscribe(since);
        }

        return watch;
    }

    private Subscription Subscribe(long since)
    {
        var subscription = new Subscription();
        subscription.Pump = Task.Run(() => PumpAsync(subscription, since));
        return subscription;
    }

    private async Task LeaveAsync(EventWatch watch)
    {
        Subscription? over = null;
        lock (sync)
        {
            if (watches.Remove(watch) && watches.Count == 0)
            {
                (over, current) = (current, null);
            }
        }

        if (over is not null)
        {
            await over.Stop.CancelAsync();
            await over.Pump;
        }
    }

    private async Task PumpAsync(Subscription subscription, long since)
    {
        subscription.From = since;
        var attempts = 0;
        while (true)
        {
            var start = time.GetTimestamp();
            if (await ListenAsync(subscription) is not { } broken)
            {
                return;
            }

            attempts = time.GetElapsedTime(start) > LongEnough ? 1 : attempts + 1;
            if (broken is ObjectDisposedException || attempts > MostAttempts)
            {
                Fail(subscription, broken);
                return;
            }

            await Task.Delay(Pause, time, subscription.Stop.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Hands events on until the stream breaks; gives what broke it, or null when the last watch has ended.</summary>
    private async Task<Exception?> ListenAsync(Subscription subscription)
    {
        try
        {
            var parameters = ParametersFrom(subscription.From);
            await client.System.MonitorEventsAsync(
                parameters,
                new Receiver(this, subscription),
                subscription.Stop.Token
            );
            return new IOException("the engine ended the stream of events");
        }
        catch (OperationCanceledException) when (subscription.Stop.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception broken)
            when (broken
                    is DockerApiException
                        or HttpRequestException
                        or IOException
                        or HostException
                        or OperationCanceledException
                        or ObjectDisposedException
            )
        {
            return broken;
        }
    }

    private static ContainerEventsParameters ParametersFrom(long since) =>
        new()
        {
            Since = string.Create(
                CultureInfo.InvariantCulture,
                $"{since / 1_000_000_000}.{since % 1_000_000_000:000000000}"
            ),
            Filters = new Dictionary<string, IDictionary<string, bool>>
            {
                ["type"] = new Dictionary<string, bool> { ["container"] = true },
                ["event"] = new Dictionary<string, bool> { ["die"] = true, ["oom"] = true },
            },
        };

    private void Fail(Subscription subscription, Exception reason)
    {
        List<EventWatch> lost;
        lock (sync)
        {
            if (current != subscription)
            {
                return;
            }

            current = null;
            lost = [.. watches];
            watches.Clear();
        }

        lost.ForEach(w => w.Fail(reason));
    }

    private void Take(Message message)
    {
        List<EventWatch> all;
        lock (sync)
        {
            all = [.. watches];
        }

        all.ForEach(w => w.Take(message));
    }

    private static long NanosecondsOf(string systemTime)
    {
        var time = DateTimeOffset.Parse(systemTime, CultureInfo.InvariantCulture);
        return (time - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
    }

    private sealed class Subscription
    {
        public CancellationTokenSource Stop { get; } = new();

        public Task Pump { get; set; } = Task.CompletedTask;

        /// <summary>The engine's time from when on events are wanted, in nanoseconds since 1970.</summary>
        public long From { get; set; }
    }

    /// <summary>Not <see cref="Progress{T}"/>, which posts to the thread pool and may reorder.</summary>
    private sealed class Receiver(EventStream stream, Subscription subscription) : IProgress<Message>
    {
        public void Report(Message value)
        {
            subscription.From = Math.Max(subscription.From, value.TimeNano);
            stream.Take(value);
        }
    }
}
