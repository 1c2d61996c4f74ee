namespace Lotse.Proxy.Tests.Support;

/// <summary>Waits for something that another process or thread is about to bring about.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    public static async Task TrueAsync(Func<Task<bool>> condition, string what)
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var limit = new CancellationTokenSource(Limit);
        while (!await condition())
        {
            Assert.False(limit.IsCancellationRequested, $"It did not come about: {what}.");
            await Task.Delay(Pause, TimeProvider.System, cancellation);
        }
    }
}
