namespace Gocatest.Tests.Support;

/// <summary>Turns waiting for what never comes into a failure instead of a hang.</summary>
internal static class Patience
{
    /// <summary>Far longer than anything takes on a busy machine.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <summary>Cancelled with the test, or when it has waited too long.</summary>
    public static CancellationToken Token
    {
        get
        {
            var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            cancel.CancelAfter(Limit);
            return cancel.Token;
        }
    }
}
