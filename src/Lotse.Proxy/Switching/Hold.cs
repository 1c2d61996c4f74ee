using Lotse.Proxy.Contract;

namespace Lotse.Proxy.Switching;

/// <summary>Why a service's requests are not forwarded now: it is paused or stopped. Each command makes its own, by reference.</summary>
internal sealed class Hold
{
    private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TimeSpan longest;

    public Hold(PauseCommand pause)
    {
        Command = pause;
        Mode = ServiceMode.Paused;
        longest = pause.MaxPause;
    }

    public Hold(StopCommand stop)
    {
        Command = stop;
        Mode = ServiceMode.Stopped;
        Message = stop.Message;
    }

    /// <summary>What brought it about, and would again after a restart.</summary>
    public ServiceCommand Command { get; }

    public ServiceMode Mode { get; }

    /// <summary>What a stopped service says; empty for the proxy's own sentence.</summary>
    public string Message { get; } = "";

    /// <summary>The hold of a command; null for a command that holds nothing.</summary>
    public static Hold? Of(ServiceCommand? command) =>
        command switch
        {
            PauseCommand pause => new Hold(pause),
            StopCommand stop => new Hold(stop),
            _ => null,
        };

    /// <summary>It is over, or another one took its place: who waits is to be assigned anew.</summary>
    public void Release() => released.TrySetResult();

    /// <summary>Waits until it is over; false when the request's time is over before, when its client has gone, or when the service is stopped.</summary>
    public async Task<bool> WaitAsync(TimeProvider time, CancellationToken gone)
    {
        if (Mode == ServiceMode.Stopped)
        {
            return false;
        }

        try
        {
            await released.Task.WaitAsync(longest, time, gone);
            return true;
        }
        catch (Exception over) when (over is TimeoutException or OperationCanceledException)
        {
            return false;
        }
    }
}
