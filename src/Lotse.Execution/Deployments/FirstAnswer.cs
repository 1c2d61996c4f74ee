using Lotse.Execution.Ports;

namespace Lotse.Execution.Deployments;

/// <summary>
/// The first questions to a host's engine, which answers them at once when it is well. One that takes connections and answers nothing is not waited for as long as
/// later, when something has begun: the limits of the calls themselves leave room for a server that is busy.
/// </summary>
internal static class FirstAnswer
{
    /// <summary>Well above what a loaded machine with hundreds of containers needs, and short enough to be waited for.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private const string Cure =
        "See why: `sudo journalctl -u docker -n 50` on that host. `sudo systemctl restart docker` starts the engine anew; without live-restore its containers start anew with it.";

    /// <summary>Waits for what was asked.</summary>
    /// <param name="host">The host.</param>
    /// <param name="asked">The questions.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="HostException">The engine is silent, or what was asked failed.</exception>
    public static async Task AwaitAsync(IHost host, Task asked, TimeProvider time)
    {
        try
        {
            await asked.WaitAsync(Patience, time);
        }
        catch (TimeoutException)
        {
            var fact = $"the engine takes connections, and has not answered for {Patience.TotalSeconds:0} s.";
            throw new HostException(HostFailure.Unreachable, host.Name, "ask the engine what is there", fact, Cure);
        }
    }
}
