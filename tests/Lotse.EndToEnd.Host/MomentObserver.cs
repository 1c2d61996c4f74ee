using Lotse.Execution.Reporting;

namespace Lotse.EndToEnd.Host;

/// <summary>
/// Names the moments at which a step begins, is done or is taken back, and at which a state is entered. What the step before it did is there then, and perhaps no
/// file tells of it.
/// </summary>
internal sealed class MomentObserver(IRolloutObserver inner, Moments moments) : IRolloutObserver
{
    public void Report(RolloutEvent happened)
    {
        var what = happened switch
        {
            StepStarted started => started.Step.GetType().Name,
            StepDone done => done.Step.GetType().Name,
            StepUndone undone => undone.Step.GetType().Name,
            StateEntered entered => entered.State.ToString(),
            _ => null,
        };
        if (what is not null)
        {
            moments.Pass($"{happened.GetType().Name} {what}");
        }

        inner.Report(happened);
    }
}
