using System.Net.Sockets;
using Lotse.Execution.Ports;
using Lotse.Hosts.Ssh.Access;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace Lotse.Hosts.Ssh;

/// <summary>
/// One connection to a host, on which commands, streams and tunnels run side by side as channels (RFC 4254). SSH.NET opens channels by
/// blocking its caller, so each is opened on a thread of its own. When the connection breaks, what runs on it fails, and what comes
/// after connects again: a rollout that was cut off can still be taken back.
/// </summary>
internal sealed partial class SshConnection : IAsyncDisposable
{
    private readonly LinkKeeper links;
    private readonly TimeProvider time;
    private readonly WaitingShells shells;

    /// <param name="host">The host's configured name.</param>
    /// <param name="dial">Connects to it.</param>
    /// <param name="time">The clock.</param>
    public SshConnection(string host, Func<CancellationToken, Task<SshLink>> dial, TimeProvider time)
        : this(host, dial, time, kept: 1) { }

    private SshConnection(string host, Func<CancellationToken, Task<SshLink>> dial, TimeProvider time, int kept)
    {
        Host = host;
        (this.time, this.kept) = (time, kept);
        links = new LinkKeeper(host, dial, time);
        shells = new WaitingShells(OpenAsync, () => most - InUse);
        further = new Lazy<SshConnection>(() => new SshConnection(host, dial, time, kept: 0));
    }

    /// <summary>The host's configured name.</summary>
    public string Host { get; }

    /// <summary>Connects, when it is not connected.</summary>
    /// <exception cref="HostException">It cannot be reached.</exception>
    public async Task<SshLink> ConnectAsync(CancellationToken cancellation)
    {
        var link = await GetAsync(cancellation);
        shells.Fill(link);
        return link;
    }

    /// <summary>Ends the connection; what comes next makes a new one.</summary>
    public Task CloseAsync() => links.CloseAsync();

    /// <summary>Runs a command to its end.</summary>
    /// <param name="action">What it is for, in words.</param>
    /// <param name="command">The command line, for sh.</param>
    /// <param name="input">What it reads on its standard input; null for nothing.</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="cancellation">Ends the command.</param>
    /// <param name="isLong">Whether it may take long: then it has a channel of the streams', and takes none of the few that others wait for.</param>
    /// <exception cref="HostException">The connection broke, or the time is over. Any exit code is an answer.</exception>
    public Task<CommandResult> RunAsync(
        string action,
        string command,
        byte[]? input,
        TimeSpan limit,
        CancellationToken cancellation,
        bool isLong = false
    ) =>
        WhereThereIsRoomAsync(
            action,
            isLong,
            on =>
                on.OnNewLinkAsync(
                    action,
                    link => on.RunAsync(link, action, command, input, limit, isLong, cancellation),
                    cancellation
                ),
            cancellation
        );

    private async Task<SshLink> GetAsync(CancellationToken cancellation)
    {
        var link = await links.GetAsync(cancellation);
        Meet(link);
        return link;
    }

    /// <summary>Does something on the connection, and on a new one when that one turns out to have broken before anything was sent.</summary>
    private async Task<T> OnNewLinkAsync<T>(string action, Func<SshLink, Task<T>> work, CancellationToken cancellation)
    {
        var link = await GetAsync(cancellation);
        try
        {
            return await work(link);
        }
        catch (NeverSentException) when (!cancellation.IsCancellationRequested)
        {
            await links.DropAsync(link);
        }

        link = await GetAsync(cancellation);
        try
        {
            return await work(link);
        }
        catch (NeverSentException again)
        {
            throw Broken(link, action, links.CauseOf(link) ?? again.Message, again);
        }
    }

    private async Task<CommandResult> RunAsync(
        SshLink link,
        string action,
        string command,
        byte[]? input,
        TimeSpan limit,
        bool isLong,
        CancellationToken cancellation
    )
    {
        var death = links.DeathOf(link);
        using var expiry = new CancellationTokenSource(limit, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, expiry.Token, death);
        var (hasTurn, isStarted) = (false, false);
        try
        {
            await EnterAsync(isLong, linked.Token);
            hasTurn = true;
            await using var channel = await shells.StartAsync(link, WithInput(command, input), linked.Token);
            isStarted = true;
            Opened();
            if (input is not null)
            {
                // SSH.NET waits without a look at the token while the server takes nothing more.
                await channel.Input.WriteAsync(input, linked.Token).AsTask().WaitAsync(linked.Token);
            }

            return await channel.ReadToEndAsync(linked.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            var fact = death.IsCancellationRequested ? Cause(link) : $"no answer after {limit.TotalSeconds:0} s.";
            throw Broken(link, action, fact, null);
        }
        catch (SshException refused) when (!isStarted && IsRefusal(refused) && IsUp(link, death))
        {
            throw Refused(link, action, refused);
        }
        catch (Exception broken) when (IsBroken(broken))
        {
            throw Broken(link, action, links.CauseOf(link) ?? broken.Message, broken);
        }
        finally
        {
            if (isStarted)
            {
                Closed();
            }

            if (hasTurn)
            {
                Leave(isLong);
                shells.Fill(link);
            }
        }
    }

    /// <summary>Starts a command whose standard streams are a two-way stream.</summary>
    /// <param name="action">What it is for, in words.</param>
    /// <param name="command">The command line, for sh.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <param name="closed">Is told, once, that the stream is closed; not when it was never opened.</param>
    /// <exception cref="HostException">The connection broke, or the server allows no command at all.</exception>
    public Task<Stream> OpenStreamAsync(
        string action,
        string command,
        CancellationToken cancellation,
        Action? closed = null
    ) =>
        WhereThereIsRoomAsync(
            action,
            isLong: true,
            on =>
                on.OnNewLinkAsync(
                    action,
                    link => on.OpenStreamAsync(link, action, command, closed, cancellation),
                    cancellation
                ),
            cancellation
        );

    private async Task<Stream> OpenStreamAsync(
        SshLink link,
        string action,
        string command,
        Action? closed,
        CancellationToken cancellation
    )
    {
        var death = links.DeathOf(link);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, death);
        Interlocked.Increment(ref streams);
        var isOpen = false;
        try
        {
            var channel = await shells.StartAsync(link, $"exec {command}", linked.Token);
            isOpen = true;
            Opened();
            return new CommandStream(
                channel,
                () =>
                {
                    Interlocked.Decrement(ref streams);
                    Closed();
                    closed?.Invoke();
                },
                () => IsUp(link, death),
                reason =>
                    Broken(link, action, links.CauseOf(link) ?? (reason as SshException)?.Message ?? Unknown, reason),
                death
            );
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw Broken(link, action, Cause(link), null);
        }
        catch (SshException refused) when (IsRefusal(refused) && IsUp(link, death))
        {
            throw Refused(link, action, refused);
        }
        catch (Exception broken) when (IsBroken(broken))
        {
            throw Broken(link, action, links.CauseOf(link) ?? broken.Message, broken);
        }
        finally
        {
            if (!isOpen)
            {
                Interlocked.Decrement(ref streams);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        isDisposed = true;
        await shells.DisposeAsync();
        await Task.WhenAll(
            links.DisposeAsync().AsTask(),
            further.IsValueCreated ? further.Value.DisposeAsync().AsTask() : Task.CompletedTask
        );
        tunnelTurn.Dispose();
        commands.Dispose();
    }

    private static Task<CommandChannel> OpenAsync(SshLink link, string command, CancellationToken cancellation) =>
        Blocking.RunAsync(() => CommandChannel.Open(link.Client, command), cancellation);

    /// <summary>
    /// The command with an end of its input that no message has to tell: one for a channel that the server has just closed makes sshd end the whole connection
    /// (RFC 4254, 5.3, as OpenSSH's channels.c has it), and SSH.NET does not keep the two apart.
    /// </summary>
    private static string WithInput(string command, byte[]? input) =>
        input is { Length: > 0 and var length }
            ? $"head -c {length} | {{ {command}\n}}"
            : $"{{ {command}\n}} </dev/null";

    private static bool IsBroken(Exception error) =>
        error is SshException or SocketException or ObjectDisposedException or IOException or InvalidOperationException;

    /// <summary>A server's no to a request of ours; what breaks a connection has types of its own.</summary>
    private static bool IsRefusal(SshException error) => error.GetType() == typeof(SshException);

    private static bool IsUp(SshLink link, CancellationToken death) =>
        !death.IsCancellationRequested && link.Client.IsConnected;

    private string Cause(SshLink link) => links.CauseOf(link) ?? Unknown;

    private const string Unknown = "it was lost.";

    private HostException Broken(SshLink link, string action, string evidence, Exception? inner) =>
        new(
            HostFailure.Unreachable,
            Host,
            action,
            $"the SSH connection to {link.User}@{link.HostName}:{link.Port} failed: {evidence}",
            "Check that the server is up and that the network between is.",
            inner
        );
}
