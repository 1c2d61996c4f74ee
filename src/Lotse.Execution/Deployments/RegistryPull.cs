using Lotse.Execution.Ports;

namespace Lotse.Execution.Deployments;

/// <summary>
/// Tells a pull that fails because the way to the registry broke from one that fails for another reason: the former may be tried again. The engine cannot know,
/// and asks a port for more than a minute behind which there is nobody.
/// </summary>
internal static class RegistryPull
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>What the engine is given, once the way is lost, to say why itself: a full disk breaks a transfer too.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    /// <summary>Pulls.</summary>
    /// <param name="host">The host.</param>
    /// <param name="action">What is done, in words: <c>pull X</c>.</param>
    /// <param name="pull">Has its engine pull.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="HostException">It failed; as out of reach when the way broke.</exception>
    public static async Task RunAsync(
        IHost host,
        string action,
        Func<CancellationToken, Task> pull,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var pulling = pull(giveUp.Token);
        await WatchAsync(host, pulling, time);
        await giveUp.CancelAsync();
        try
        {
            await pulling;
        }
        catch (HostException failed) when (failed.Failure == HostFailure.Engine && host.HasLostRegistry)
        {
            throw Lost(host, action, failed.Evidence, failed);
        }
        catch (OperationCanceledException given) when (!cancellation.IsCancellationRequested)
        {
            throw Lost(host, action, "the engine waited for more of it in vain.", given);
        }
    }

    /// <summary>Returns when the pull has ended, or can come to nothing.</summary>
    private static async Task WatchAsync(IHost host, Task pulling, TimeProvider time)
    {
        long? lost = null;
        while (!pulling.IsCompleted && (lost is not { } since || time.GetElapsedTime(since) < Grace))
        {
            await Task.WhenAny(pulling, Task.Delay(Pause, time));
            lost ??= host.HasLostRegistry ? time.GetTimestamp() : null;
        }
    }

    private static HostException Lost(IHost host, string action, string evidence, Exception inner) =>
        new(
            HostFailure.Unreachable,
            host.Name,
            action,
            $"the SSH connection that the image came through broke: {evidence}",
            "Check that the network between is up, and deploy again: the layers that are there stay.",
            inner
        );
}
