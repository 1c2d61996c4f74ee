using Lotse.Execution.Ports;
using Lotse.Hosts.Ssh.Access;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace Lotse.Hosts.Ssh;

/// <summary>
/// One connection to a host, on which commands, streams and tunnels run side by side as channels (RFC 4254). SSH.NET opens channels by
/// blocking its caller, so each is opened on a thread of its own.
/// </summary>
internal sealed class SshConnection(string host, SshLink link, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(3);
    private readonly LinkMonitor monitor = LinkMonitor.Start(link.Client, time);

    /// <summary>The host's configured name.</summary>
    public string Host => host;

    /// <summary>The name or address that was connected to.</summary>
    public string HostName => link.HostName;

    /// <summary>The user that is logged in.</summary>
    public string User => link.User;

    /// <summary>Runs a command to its end.</summary>
    /// <param name="action">What it is for, in words.</param>
    /// <param name="command">The command line, for the user's login shell.</param>
    /// <param name="input">What it reads on its standard input; null for nothing.</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="cancellation">Ends the command.</param>
    /// <exception cref="HostException">The connection broke, or the time is over. Any exit code is an answer.</exception>
    public async Task<CommandResult> RunAsync(
        string action,
        string command,
        byte[]? input,
        TimeSpan limit,
        CancellationToken cancellation
    )
    {
        using var expiry = new CancellationTokenSource(limit, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, expiry.Token);
        try
        {
            await using var channel = await OpenAsync(command, linked.Token);
            if (input is not null)
            {
                await channel.Input.WriteAsync(input, linked.Token);
            }

            await channel.Input.DisposeAsync();
            return await channel.ReadToEndAsync(linked.Token);
        }
        catch (OperationCanceledException)
            when (expiry.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw Broken(action, $"no answer after {limit.TotalSeconds:0} s.", null);
        }
        catch (Exception broken) when (IsBroken(broken))
        {
            throw Broken(action, monitor.Cause ?? broken.Message, broken);
        }
    }

    /// <summary>Starts a command whose standard streams are a two-way stream.</summary>
    public async Task<Stream> OpenStreamAsync(string action, string command, CancellationToken cancellation)
    {
        try
        {
            return new CommandStream(await OpenAsync(command, cancellation));
        }
        catch (Exception broken) when (IsBroken(broken))
        {
            throw Broken(action, monitor.Cause ?? broken.Message, broken);
        }
    }

    /// <summary>Has the host listen on a free port of its own 127.0.0.1 and carries what connects there to a port of this machine's.</summary>
    /// <returns>The port on the host.</returns>
    /// <exception cref="HostException">The host does not allow it.</exception>
    public async Task<int> ForwardAsync(int localPort, CancellationToken cancellation)
    {
        var forward = new ForwardedPortRemote("127.0.0.1", 0, "127.0.0.1", (uint)localPort);
        try
        {
            await OnThreadAsync(
                () =>
                {
                    link.Client.AddForwardedPort(forward);
                    forward.Start();
                    return true;
                },
                cancellation
            );
            return (int)forward.BoundPort;
        }
        catch (Exception refused) when (IsBroken(refused))
        {
            throw new HostException(
                HostFailure.Forwarding,
                host,
                "open a tunnel for images",
                refused.Message,
                "Allow it in the server's sshd_config: `AllowTcpForwarding yes` (or `remote`).",
                refused
            );
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await monitor.DisposeAsync();
        // A connection that is dead already cannot say goodbye: it is not waited for without end.
        var close = OnThreadAsync(
            () =>
            {
                link.DisposeAsync().AsTask().GetAwaiter().GetResult();
                return true;
            },
            CancellationToken.None
        );
        await Task.WhenAny(close, Task.Delay(CloseLimit, time));
    }

    private async Task<CommandChannel> OpenAsync(string command, CancellationToken cancellation) =>
        await OnThreadAsync(() => CommandChannel.Open(link.Client, command), cancellation);

    private static bool IsBroken(Exception error) =>
        error
            is SshException
                or System.Net.Sockets.SocketException
                or ObjectDisposedException
                or IOException
                or InvalidOperationException;

    private HostException Broken(string action, string evidence, Exception? inner) =>
        new(
            HostFailure.Unreachable,
            host,
            action,
            $"the SSH connection to {link.User}@{link.HostName}:{link.Port} failed: {evidence}",
            "Check that the server is up and that the network between is.",
            inner
        );

    private static Task<T> OnThreadAsync<T>(Func<T> work, CancellationToken cancellation) =>
        Task
            .Factory.StartNew(work, cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default)
            .WaitAsync(cancellation);
}
