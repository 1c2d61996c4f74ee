using System.Runtime.InteropServices;

namespace Lotse.Nuke.Deployments;

/// <summary>
/// Ctrl-C and SIGTERM (a cancelled CI job) end a rollout in order: what was begun is taken back, the lease is given back. A second Ctrl-C ends
/// the process at once; the next run clears up then. A SIGTERM that follows does not: CI sends it a few seconds after its SIGINT, while there is
/// still time before its SIGKILL.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource source = new();
    private readonly List<PosixSignalRegistration> registrations;

    public Interruption()
    {
        registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt),
        ];
    }

    public CancellationToken Token => source.Token;

    public void Dispose()
    {
        registrations.ForEach(r => r.Dispose());
        source.Dispose();
    }

    private void Interrupt(PosixSignalContext context)
    {
        var isFirst = !source.IsCancellationRequested;
        context.Cancel = isFirst || context.Signal == PosixSignal.SIGTERM;
        if (isFirst)
        {
            source.Cancel();
        }
    }
}
