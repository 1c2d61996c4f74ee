using Lotse.Proxy.Contract;

namespace Lotse.Proxy.Switching;

internal sealed partial class Switchboard
{
    /// <summary>Holds a service's requests back, and lets those in flight end within the time.</summary>
    /// <exception cref="RefusedException">The service has no traffic.</exception>
    public Task<DrainResult> PauseAsync(PauseCommand pause, CancellationToken cancellation) =>
        HoldAsync(new Hold(pause), pause.DrainTimeout, cancellation);

    /// <summary>Answers a service's requests with 503, and lets those in flight end within the time.</summary>
    /// <exception cref="RefusedException">The service has no traffic.</exception>
    public Task<DrainResult> StopAsync(StopCommand stop, CancellationToken cancellation) =>
        HoldAsync(new Hold(stop), stop.DrainTimeout, cancellation);

    /// <summary>Forwards the requests again; a service that runs is fine.</summary>
    /// <exception cref="RefusedException">The service has no traffic.</exception>
    public void Resume(string service)
    {
        lock (turn)
        {
            Commit(Serving(service) with { Hold = null });
        }
    }

    private async Task<DrainResult> HoldAsync(Hold hold, TimeSpan limit, CancellationToken cancellation)
    {
        var service = hold.Command.Service;
        ServiceState state;
        lock (turn)
        {
            state = Serving(service) with { Hold = hold };
            Commit(state);
        }

        var target = state.Active!.Target;
        await target.WaitUntilIdleAsync(limit, time, cancellation);
        lock (turn)
        {
            // Resumed or switched meanwhile: what is in flight now is served.
            var isHeld = snapshot[service] is { } now && now.Hold == hold && now.Active == state.Active;
            return new DrainResult(target.Address, isHeld ? target.CutOffAndGoOn() : 0);
        }
    }

    private ServiceState Serving(string service) =>
        snapshot[service] is { Active: not null } state
            ? state
            : throw new RefusedException(
                $"{service} has no traffic on this proxy: there is nothing to pause, stop or resume."
            );
}
