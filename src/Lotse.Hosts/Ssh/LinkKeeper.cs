using Lotse.Execution.Ports;
using Lotse.Hosts.Ssh.Access;

namespace Lotse.Hosts.Ssh;

/// <summary>Keeps a host connected: dials when there is no connection or it broke, one dial at a time.</summary>
internal sealed class LinkKeeper(string host, Func<CancellationToken, Task<SshLink>> dial, TimeProvider time)
    : IAsyncDisposable
{
    /// <summary>
    /// A host that did not answer is not asked again at once: all that waited for this answer would each wait for one of its own. Short, so that one that comes back is
    /// found while a rollout is taken back.
    /// </summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(3);
    private readonly SemaphoreSlim turn = new(1);
    private SshLink? link;
    private LinkMonitor? monitor;
    private (HostException Failure, long At)? refused;

    /// <summary>The connection, made anew when there is none that works.</summary>
    /// <exception cref="HostException">The host cannot be reached.</exception>
    public async Task<SshLink> GetAsync(CancellationToken cancellation)
    {
        if (IsOpen && link is { } open)
        {
            return open;
        }

        await turn.WaitAsync(cancellation);
        try
        {
            if (IsOpen && link is { } present)
            {
                return present;
            }

            await EndAsync();
            return await DialAsync(cancellation);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Gives up a connection that was found broken before it says so itself; what comes next connects anew.</summary>
    public Task DropAsync(SshLink broken) => CloseAsync(open => open == broken);

    /// <summary>Ends the connection, when there is one; what comes next connects anew.</summary>
    public Task CloseAsync() => CloseAsync(_ => true);

    private async Task CloseAsync(Func<SshLink?, bool> which)
    {
        await turn.WaitAsync();
        try
        {
            if (which(link))
            {
                await EndAsync();
            }
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Cancelled when a connection is found dead.</summary>
    public CancellationToken DeathOf(SshLink open) =>
        open == link && monitor is { } watching ? watching.Dead : new CancellationToken(canceled: true);

    /// <summary>Why a connection broke, when that is known.</summary>
    public string? CauseOf(SshLink broken) => broken == link ? monitor?.Cause : null;

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        turn.Dispose();
    }

    private bool IsOpen => link is { Client.IsConnected: true } && monitor is { Dead.IsCancellationRequested: false };

    private async Task<SshLink> DialAsync(CancellationToken cancellation)
    {
        if (refused is { } before && time.GetElapsedTime(before.At) < Rest)
        {
            var (failure, inner) = (before.Failure, before.Failure);
            throw new HostException(failure.Failure, host, failure.Action, failure.Evidence, failure.Cure, inner);
        }

        try
        {
            link = await dial(cancellation);
        }
        catch (HostException failure)
        {
            refused = (failure, time.GetTimestamp());
            throw;
        }

        refused = null;
        monitor = LinkMonitor.Start(link.Client, time);
        return link;
    }

    private async Task EndAsync()
    {
        if (monitor is not null)
        {
            await monitor.DisposeAsync();
            monitor = null;
        }

        if (link is { } old)
        {
            link = null;
            // A connection that is dead already cannot say goodbye: it is not waited for without end.
            var close = Blocking.RunAsync(
                () => old.DisposeAsync().AsTask().GetAwaiter().GetResult(),
                CancellationToken.None
            );
            await Task.WhenAny(close, Task.Delay(CloseLimit, time));
        }
    }
}
