using Lotse.Execution.Ports;

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
    private int streams;

    /// <summary>How many the server was seen to allow.</summary>
    private volatile int most = MostChannels;
    private volatile bool hasOpened;

    private int InUse => streams + (MostCommands - commands.CurrentCount);

    /// <summary>By itself a connection has as many as sshd's default allows, and who wants one more waits; only one that was refused some is known to be full.</summary>
    private bool IsFull => most < MostChannels && InUse >= most;

    /// <exception cref="HostException">The server allows none at all.</exception>
    private async Task<T> WhereThereIsRoomAsync<T>(Func<SshConnection, Task<T>> work)
    {
        if (!IsFull)
        {
            try
            {
                return await work(this);
            }
            catch (SessionRefusedException refused)
            {
                // A connection that is refused its only session would be followed by others without end.
                if (!hasOpened && InUse == 0)
                {
                    throw refused.Failure;
                }

                most = Math.Clamp(InUse, 1, most);
            }
        }

        return await further.Value.WhereThereIsRoomAsync(work);
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

    /// <summary>The connection holds, and the server opens no further channel on it (RFC 4254, 5.1).</summary>
    /// <param name="failure">What to say of it where there is no other way.</param>
    private sealed class SessionRefusedException(HostException failure) : Exception(failure.Message, failure)
    {
        public HostException Failure => failure;
    }
}
