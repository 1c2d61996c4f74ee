using System.Net;
using Renci.SshNet;
using Renci.SshNet.Common;
using Renci.SshNet.Messages.Transport;

namespace Lotse.Hosts.Ssh.Access.Dialing;

/// <summary>One try to connect to one address: how far it came, and what the server showed on the way.</summary>
/// <param name="at">The address.</param>
internal sealed class Attempt(IPEndPoint at)
{
    private const string Closed = "the connection was closed";
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(2);

    /// <summary>The address.</summary>
    public IPEndPoint At => at;

    /// <summary>How far it came.</summary>
    public Stage Reached { get; private set; }

    /// <summary>The key that the server presented; null when it came to none.</summary>
    public PublicKey? HostKey { get; private set; }

    /// <summary>Whether that key was accepted.</summary>
    public bool IsAccepted { get; private set; }

    /// <summary>Why it failed; null when it did not.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Connects and logs in.</summary>
    /// <param name="connection">Where and how.</param>
    /// <param name="accept">Judges the server's key.</param>
    /// <param name="limits">How long it may take.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The connection; null when it failed.</returns>
    public async Task<SshClient?> RunAsync(
        ConnectionInfo connection,
        Func<PublicKey, bool> accept,
        AttemptLimits limits,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        var client = new SshClient(connection);
        using var deadline = new CancellationTokenSource(limits.Answer, time);
        client.ServerIdentificationReceived += (_, _) =>
        {
            Reached = Stage.KeyExchange;
            deadline.CancelAfter(limits.Login);
        };
        client.HostKeyReceived += (_, key) => key.CanTrust = Judge(PublicKey.FromBlob(key.HostKey), accept);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        // SSH.NET blocks the thread while it exchanges keys and logs in.
        var connecting = Task.Factory.StartNew(
            () => client.ConnectAsync(either.Token).GetAwaiter().GetResult(),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
        try
        {
            await connecting.WaitAsync(either.Token);
            // SSH.NET returns without an error when the server hangs up at the wrong moment.
            Failure = client.IsConnected ? null : new SshConnectionException(Closed);
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            Failure = deadline.IsCancellationRequested
                ? new TimeoutException($"there was no end to it within {limits.Login.TotalSeconds:0.#} s", failure)
                : failure;
        }
        finally
        {
            if (Failure is not null || cancellation.IsCancellationRequested)
            {
                await CutAsync(client, connecting, time);
            }
        }

        return Failure is null ? client : null;
    }

    /// <summary>Whether the connection was lost, and nobody said why: a server that refuses says so before it hangs up (RFC 4253, 11.1).</summary>
    public bool IsLost =>
        Failure
            is System.Net.Sockets.SocketException
                or SshConnectionException { DisconnectReason: DisconnectReason.ConnectionLost };

    private bool Judge(PublicKey key, Func<PublicKey, bool> accept)
    {
        HostKey = key;
        IsAccepted = accept(key);
        Reached = IsAccepted ? Stage.Login : Stage.HostKey;
        return IsAccepted;
    }

    /// <summary>Closing takes part in the protocol, and may hang with it: it is not waited for without end.</summary>
    private static async Task CutAsync(SshClient client, Task connecting, TimeProvider time)
    {
        var cut = Task.Factory.StartNew(
            client.Dispose,
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
        // Their failures say nothing new: the attempt has failed.
        _ = Task.WhenAll(cut, connecting).ContinueWith(t => t.Exception, TaskScheduler.Default);
        await Task.WhenAny(cut, Task.Delay(CloseLimit, time));
    }
}

/// <summary>How long an attempt to connect may take.</summary>
/// <param name="Answer">Until an SSH server answers.</param>
/// <param name="Login">From then on until the user is logged in: servers look up names, ask directories, and an agent may ask a person.</param>
internal sealed record AttemptLimits(TimeSpan Answer, TimeSpan Login);

/// <summary>How far an attempt to connect came.</summary>
internal enum Stage
{
    /// <summary>No SSH server has answered.</summary>
    Connect,

    /// <summary>An SSH server has answered, and the two are agreeing on keys.</summary>
    KeyExchange,

    /// <summary>The server's key was not accepted.</summary>
    HostKey,

    /// <summary>The server is the right one, and is asked to let the user in.</summary>
    Login,
}
