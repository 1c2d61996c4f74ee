namespace Lotse.TestRuns.Tests;

/// <summary>A test that never ends, in a class of its own: so it runs beside those of <see cref="TrialTests"/>.</summary>
public sealed class TrialOfHanging
{
    [Fact(Explicit = true)]
    public Task Hangs_in_an_asynchronous_method() => WaitForWhatNeverComesAsync();

    private static async Task WaitForWhatNeverComesAsync() => await new TaskCompletionSource().Task;
}
