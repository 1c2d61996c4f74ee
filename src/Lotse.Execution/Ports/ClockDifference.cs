namespace Lotse.Execution.Ports;

/// <summary>Tells how far a server's clock is from this machine's. Pure.</summary>
public static class ClockDifference
{
    /// <summary>
    /// How far the server's clock is ahead at least: it was read at some moment between question and answer, and any time between the two is right.
    /// </summary>
    /// <param name="told">The server's time, in whole seconds.</param>
    /// <param name="asked">This machine's time before the question.</param>
    /// <param name="answered">Its time after the answer.</param>
    /// <returns>Negative when it is behind.</returns>
    public static TimeSpan Ahead(DateTimeOffset told, DateTimeOffset asked, DateTimeOffset answered)
    {
        // Its second began then and was not over.
        var end = told + TimeSpan.FromSeconds(1);
        return told > answered ? told - answered
            : end < asked ? end - asked
            : TimeSpan.Zero;
    }
}
