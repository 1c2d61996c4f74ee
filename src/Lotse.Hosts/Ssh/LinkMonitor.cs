using Lotse.Hosts.Ssh.Access.Dialing;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace Lotse.Hosts.Ssh;

/// <summary>
/// Notices within seconds that a connection is dead, where TCP alone would take a quarter of an hour (RFC 9293, 3.8.3): at intervals the
/// host must answer a command that does nothing; when it does not, the connection is given up, and all that waits on it fails at once.
/// </summary>
internal sealed class LinkMonitor : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(4);

    /// <summary>A server that swaps while it unpacks an image takes its time to start even a shell; a lease outlives this.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(12);
    private readonly SshClient client;
    private readonly TimeProvider time;
    private readonly CancellationTokenSource stop = new();
    private readonly CancellationTokenSource dead = new();
    private readonly Task watch;
    private readonly Farewell? farewell;
    private string? cause;

    private LinkMonitor(SshClient client, TimeProvider time)
    {
        this.client = client;
        this.time = time;
        farewell = client.ConnectionInfo.LoggerFactory as Farewell;
        client.ErrorOccurred += (_, error) => cause ??= error.Exception.Message;
        watch = WatchAsync();
    }

    /// <summary>Cancelled when the connection is found dead. SSH.NET fails what waits on a connection that the other side closes, and not on one that it closes itself.</summary>
    public CancellationToken Dead => dead.Token;

    /// <summary>Why the connection broke, when it did.</summary>
    public string? Cause => farewell?.Text is { } text ? $"the server ended it: {text}" : cause;

    public static LinkMonitor Start(SshClient client, TimeProvider time) => new(client, time);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await watch;
        stop.Dispose();
        // What still waits on the connection must not wait for ever.
        await dead.CancelAsync();
    }

    private async Task WatchAsync()
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (!dead.IsCancellationRequested && client.IsConnected && await timer.WaitForNextTickAsync(stop.Token))
            {
                await ProbeAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }

    private async Task ProbeAsync()
    {
        var answer = Task.Factory.StartNew(
            Ask,
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
        try
        {
            await answer.WaitAsync(Limit, time, stop.Token);
        }
        catch (TimeoutException)
        {
            cause ??= $"the server has not answered for {Limit.TotalSeconds:0} s.";
            _ = answer.ContinueWith(t => t.Exception, TaskScheduler.Default);
            await dead.CancelAsync();
        }
    }

    private void Ask()
    {
        try
        {
            using var command = client.CreateCommand("true");
            command.Execute();
        }
        catch (Exception broken) when (broken is SshException or ObjectDisposedException or InvalidOperationException)
        {
            // A server that refuses one more channel (RFC 4254, 5.1) has answered: the connection holds.
            cause ??= client.IsConnected ? null : broken.Message;
        }
    }
}
