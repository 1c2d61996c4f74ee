namespace Lotse.Registry.Tests.Support;

/// <summary>Waits for what another process does.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <summary>Asks again and again until the answer is yes, or the test is cancelled.</summary>
    public static async Task IsTrueAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(Pause, TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
