using Lotse.Execution.Ports;
using Lotse.Hosts.Ssh.Access;

namespace Lotse.Hosts.Ssh;

/// <summary>
/// How many commands and streams run at once. Where a server allows fewer sessions on a connection than are wanted (MaxSessions, sshd_config(5); hardened ones
/// allow two), the others go over a further connection, which is made when the first one is refused.
/// </summary>
internal sealed partial class SshConnection
{
    /// <summary>
    /// sshd allows ten channels a connection (MaxSessions, sshd_config(5)): one is the link's probe's, one is left for a channel that is still closing. All
    /// others are commands, streams, or shells that wait to become either.
    /// </summary>
    internal const int MostChannels = 8;

    /// <summary>Of these one is the store's, where the lease is renewed: no more than one other may be a command that waits for something.</summary>
    private const int MostCommands = 2;
    private readonly SemaphoreSlim commands = new(MostCommands);
    private readonly Lazy<SshConnection> further;

    /// <summary>What stays open leaves these to commands, of which one renews the lease. Further connections, which are there for want of room, leave none.</summary>
    private readonly int kept;
    private readonly Lock counting = new();
    private int streams;

    /// <summary>How many run just now, and how many ran at once on this link: that many the server allows, whatever it refuses while others are still closing.</summary>
    private int open;
    private int peak;

    /// <summary>The connection that <see cref="most"/> and <see cref="peak"/> are known of.</summary>
    private SshLink? met;

    /// <summary>How many the server was seen to allow.</summary>
    private volatile int most = MostChannels;
    private volatile bool isDisposed;

    private int InUse => streams + (MostCommands - commands.CurrentCount);

    /// <summary>By itself a connection has as many as sshd's default allows, and who wants one more waits; only one that was refused some is known to be full.</summary>
    private bool IsLimited => most < MostChannels;

    private bool IsFullFor(bool isLong) =>
        IsLimited && (InUse >= most || (isLong && streams >= Math.Max(1, most - kept)));

    /// <summary>Does something here, or over a further connection when the server allows no more on this one.</summary>
    /// <param name="action">What it is for, in words.</param>
    /// <param name="isLong">Whether it takes long, or stays open.</param>
    /// <param name="work">Does it on a connection; nothing is done where it is refused.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="HostException">The server allows none at all, or no further connection; or what the work throws.</exception>
    private async Task<T> WhereThereIsRoomAsync<T>(
        string action,
        bool isLong,
        Func<SshConnection, Task<T>> work,
        CancellationToken cancellation
    )
    {
        if (IsLimited)
        {
            // A connection that has broken is made anew first: what it allowed says nothing of the new one.
            await GetAsync(cancellation);
        }

        if (!IsFullFor(isLong))
        {
            try
            {
                return await work(this);
            }
            catch (SessionRefusedException refused)
            {
                Learn(refused);
            }
        }

        await ConnectFurtherAsync(action, cancellation);
        return await further.Value.WhereThereIsRoomAsync(action, isLong, work, cancellation);
    }

    private async Task ConnectFurtherAsync(string action, CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        try
        {
            await further.Value.links.GetAsync(cancellation);
        }
        catch (HostException failure)
        {
            throw new HostException(
                failure.Failure,
                Host,
                action,
                $"sshd opens no more than {most} session(s) on a connection, and a further connection failed: {failure.Evidence}",
                $"{MoreSessions} Or see to the further connection: {failure.Cure}",
                failure
            );
        }
    }

    /// <summary>What a server was seen to allow may have been changed when it is connected to anew.</summary>
    private void Meet(SshLink link)
    {
        lock (counting)
        {
            if (met != link)
            {
                (met, most, peak) = (link, MostChannels, 0);
            }
        }
    }

    /// <exception cref="HostException">It was refused its only session: it would be followed by others without end.</exception>
    private void Learn(SessionRefusedException refused)
    {
        lock (counting)
        {
            if (peak == 0 && InUse == 0)
            {
                throw refused.Failure;
            }

            most = Math.Min(most, Math.Max(1, Math.Max(peak, InUse)));
        }
    }

    private void Opened()
    {
        lock (counting)
        {
            peak = Math.Max(peak, ++open);
        }
    }

    private void Closed()
    {
        lock (counting)
        {
            open--;
        }
    }

    private async Task EnterAsync(bool isLong, CancellationToken cancellation)
    {
        if (isLong)
        {
            Interlocked.Increment(ref streams);
        }
        else
        {
            await commands.WaitAsync(cancellation);
        }
    }

    private void Leave(bool isLong)
    {
        if (isLong)
        {
            Interlocked.Decrement(ref streams);
        }
        else
        {
            commands.Release();
        }
    }

    private const string MoreSessions =
        "Let it open ten, which is its default: `MaxSessions 10` in /etc/ssh/sshd_config there, then `sudo systemctl reload ssh`.";

    private SessionRefusedException Refused(SshLink link, string action, Exception refused) =>
        new(
            new HostException(
                HostFailure.Unreachable,
                Host,
                action,
                $"sshd at {link.HostName}:{link.Port} opens no session on a connection: {refused.Message}",
                MoreSessions,
                refused
            )
        );

    /// <summary>The connection holds, and the server opens no further channel on it (RFC 4254, 5.1).</summary>
    /// <param name="failure">What to say of it where there is no other way.</param>
    private sealed class SessionRefusedException(HostException failure) : Exception(failure.Message, failure)
    {
        public HostException Failure => failure;
    }
}
