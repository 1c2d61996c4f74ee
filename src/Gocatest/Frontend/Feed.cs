using Gocatest.Live;
using Gocatest.Logging;

namespace Gocatest.Frontend;

/// <summary>One stream from the backend, shared by all open pages.</summary>
internal sealed class Feed(BackendClient backend, Broadcast<BoardEvent> pages, JsonLog log, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Runs until cancelled; comes back by itself when the backend ends the stream.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await foreach (var item in backend.FollowAsync(stop))
                {
                    pages.Publish(item);
                }
            }
            catch (Exception e) when (BackendClient.IsOutage(e, CancellationToken.None))
            {
                if (stop.IsCancellationRequested)
                {
                    return;
                }

                log.Warn("feed-lost", e.Message);
            }

            await Task.Delay(Pause, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
