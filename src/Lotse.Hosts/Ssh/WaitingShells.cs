using System.Net.Sockets;
using Lotse.Hosts.Ssh.Access;
using Renci.SshNet.Common;

namespace Lotse.Hosts.Ssh;

/// <summary>
/// Shells on the server that were started before there was anything to do. A command of its own costs two round trips until it runs (RFC 4254, 5.1 and
/// 6.5: the channel, then the request); one that is written to a shell that waits costs none.
/// </summary>
/// <param name="open">Starts a script for sh on a connection. Takes two round trips.</param>
/// <param name="room">How many may wait just now.</param>
internal sealed class WaitingShells(Func<SshLink, string, CancellationToken, Task<CommandChannel>> open, Func<int> room)
    : IAsyncDisposable
{
    /// <summary>
    /// Reads one line and does what it says; what follows on its standard input is the command's. A limit to how long a read may take, which some servers
    /// set for all, is not for it.
    /// </summary>
    private const string Text = "unset TMOUT; IFS= read -r line && eval \"$(printf %b \"$line\")\"";
    private readonly Lock sync = new();
    private readonly Queue<Task<CommandChannel>> waiting = new();
    private SshLink? link;
    private bool isDisposed;

    /// <summary>How many the server lets wait: fewer than there is room for where it is set to allow fewer channels (MaxSessions, sshd_config(5)).</summary>
    private int most = int.MaxValue;

    /// <summary>Starts a command: on a shell that waits, else on a channel of its own.</summary>
    /// <param name="on">The connection.</param>
    /// <param name="command">The command line, for sh.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <exception cref="NeverSentException">The connection broke before the server was told.</exception>
    public async Task<CommandChannel> StartAsync(SshLink on, string command, CancellationToken cancellation)
    {
        try
        {
            while (Take(on) is { } shell)
            {
                if (await GetAsync(shell, cancellation) is { } channel)
                {
                    return await TellAsync(channel, command, cancellation);
                }
            }

            return await open(on, command, cancellation);
        }
        finally
        {
            Fill(on);
        }
    }

    private static async Task<CommandChannel> TellAsync(
        CommandChannel channel,
        string command,
        CancellationToken cancellation
    )
    {
        try
        {
            await channel.Input.WriteAsync(Encode(command), cancellation);
            return channel;
        }
        catch (Exception unsent) when (unsent is SshException or SocketException or ObjectDisposedException)
        {
            // Not even its whole line, without which it does nothing.
            await channel.DisposeAsync();
            throw new NeverSentException(unsent);
        }
        catch
        {
            await channel.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync()
    {
        lock (sync)
        {
            isDisposed = true;
            Clear();
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>A command as one line: <c>printf %b</c> makes it what it was.</summary>
    internal static byte[] Encode(string command) =>
        System.Text.Encoding.UTF8.GetBytes(
            command.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)
                + "\n"
        );

    private Task<CommandChannel>? Take(SshLink on)
    {
        lock (sync)
        {
            return link == on && waiting.TryDequeue(out var shell) ? shell : null;
        }
    }

    /// <summary>Null when it could not be started: nothing was asked of it, so another may be.</summary>
    private static async Task<CommandChannel?> GetAsync(Task<CommandChannel> shell, CancellationToken cancellation)
    {
        try
        {
            return await shell.WaitAsync(cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            _ = DropAsync(shell);
            throw;
        }
        catch (Exception failed) when (shell.IsFaulted && failed is not OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>Starts as many shells as there is room for. Returns before they are there.</summary>
    public void Fill(SshLink on)
    {
        lock (sync)
        {
            if (isDisposed)
            {
                return;
            }

            if (link != on)
            {
                Clear();
                link = on;
                most = int.MaxValue;
            }

            while (waiting.Count < Math.Min(room(), most))
            {
                var shell = open(on, Text, CancellationToken.None);
                waiting.Enqueue(shell);
                _ = ForgetRefusedAsync(on, shell);
            }
        }
    }

    /// <summary>One that the server does not allow is none, and no further one is asked for.</summary>
    private async Task ForgetRefusedAsync(SshLink on, Task<CommandChannel> shell)
    {
        await ((Task)shell).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (sync)
        {
            if (!shell.IsFaulted || link != on)
            {
                return;
            }

            List<Task<CommandChannel>> others = [.. waiting.Where(other => other != shell)];
            waiting.Clear();
            others.ForEach(waiting.Enqueue);
            most = others.Count;
        }
    }

    private void Clear()
    {
        while (waiting.TryDequeue(out var shell))
        {
            _ = DropAsync(shell);
        }
    }

    private static async Task DropAsync(Task<CommandChannel> shell)
    {
        await ((Task)shell).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (shell.IsCompletedSuccessfully)
        {
            await (await shell).DisposeAsync();
        }
    }
}

/// <summary>A command was not sent: the connection had broken before. Nothing was done, and it may be sent over another one.</summary>
internal sealed class NeverSentException(Exception inner) : Exception(inner.Message, inner);
