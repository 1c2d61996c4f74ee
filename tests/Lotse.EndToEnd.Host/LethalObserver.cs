using System.Diagnostics;
using Lotse.Execution.Reporting;

namespace Lotse.EndToEnd.Host;

/// <summary>
/// Kills this process, as <c>kill -9</c> does, at the n-th moment at which a step begins, a step is done or a state is
/// entered. So what the step before it did is there, and perhaps no file tells of it: the worst moment of each step.
/// </summary>
internal sealed class LethalObserver(IRolloutObserver inner, int momentsBeforeDeath) : IRolloutObserver
{
    private int left = momentsBeforeDeath;

    public void Report(RolloutEvent happened)
    {
        if (happened is StepStarted or StepDone or StateEntered && Interlocked.Decrement(ref left) < 0)
        {
            Process.GetCurrentProcess().Kill();
            // The signal takes a moment; nothing more may happen until then.
            using var never = new ManualResetEventSlim();
            never.Wait();
        }

        inner.Report(happened);
    }
}
