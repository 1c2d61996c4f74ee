namespace Lotse.Execution.Ports;

/// <summary>Tells how far a server's clock is ahead of this machine's. Pure.</summary>
public static class ClockDifference
{
    /// <summary>What is known after an answer: what was known before, unless the answer shows that it is wrong.</summary>
    /// <param name="known">What was known; null for nothing, which is taken for no difference.</param>
    /// <param name="told">The server's time, in whole seconds.</param>
    /// <param name="asked">This machine's time before that was read.</param>
    /// <param name="answered">Its time after it was read.</param>
    /// <returns>Negative when the server's clock is behind. Nearest to what was known of all that the answer allows.</returns>
    public static TimeSpan After(TimeSpan? known, DateTimeOffset told, DateTimeOffset asked, DateTimeOffset answered)
    {
        // It was read at some moment between question and answer, and its second was not over then.
        var (least, most) = (told - answered, told + TimeSpan.FromSeconds(1) - asked);
        var before = known ?? TimeSpan.Zero;
        return before < least ? least
            : before > most ? most
            : before;
    }
}
