using System.Threading.Channels;
using Docker.DotNet;
using Lotse.Execution.Ports;

namespace Lotse.Hosts.Docker;

/// <summary>Carries what is typed to a process, what it writes to the terminal, and the terminal's size to the engine.</summary>
/// <param name="remote">The process's terminal.</param>
/// <param name="terminal">The person's.</param>
/// <param name="resize">Tells the engine the size.</param>
/// <param name="time">The clock.</param>
internal sealed class TerminalPump(
    Stream remote,
    ITerminalSession terminal,
    Func<TerminalSize, CancellationToken, Task> resize,
    TimeProvider time
)
{
    /// <summary>The engine answers a start before the process is there, and takes no size as long as it is not.</summary>
    private const int Attempts = 40;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);
    private readonly Channel<bool> changes = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );

    /// <summary>Returns when the process's terminal has closed.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        terminal.Resized += OnResized;
        OnResized();
        var sizing = FollowSizeAsync(over.Token);
        // A read from a keyboard ends with a key only: it is left behind, and a thread of its own with it.
        var typing = Task.Factory.StartNew(
            () => Type(over.Token),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
        _ = typing.ContinueWith(t => t.Exception, TaskScheduler.Default);
        try
        {
            await ShowAsync(cancellation);
        }
        finally
        {
            terminal.Resized -= OnResized;
            await over.CancelAsync();
            await sizing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void OnResized() => changes.Writer.TryWrite(true);

    private async Task ShowAsync(CancellationToken cancellation)
    {
        var buffer = new byte[16 * 1024];
        while (await remote.ReadAsync(buffer, cancellation) is > 0 and var count)
        {
            await terminal.Output.WriteAsync(buffer.AsMemory(0, count), cancellation);
            await terminal.Output.FlushAsync(cancellation);
        }
    }

    private void Type(CancellationToken over)
    {
        var buffer = new byte[1024];
        try
        {
            while (terminal.Input.Read(buffer) is > 0 and var count && !over.IsCancellationRequested)
            {
                remote.Write(buffer.AsSpan(0, count));
                remote.Flush();
            }
        }
        catch (Exception closed) when (closed is IOException or ObjectDisposedException)
        {
            // The process's end, or a connection that broke: whoever reads from it says which.
        }
    }

    private async Task FollowSizeAsync(CancellationToken over)
    {
        await foreach (var _ in changes.Reader.ReadAllAsync(over))
        {
            await TellSizeAsync(over);
        }
    }

    private async Task TellSizeAsync(CancellationToken over)
    {
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            try
            {
                await resize(terminal.Size, over);
                return;
            }
            catch (DockerApiException)
            {
                // Not there yet, or not any more.
                await Task.Delay(Pause, time, over);
            }
        }
    }
}
