namespace Lotse.Setup.Tests;

/// <summary>A clock that runs so many times as fast for who measures by it and waits by it; the time of day is the machine's.</summary>
internal sealed class HurriedTime(int factor) : TimeProvider
{
    /// <inheritdoc/>
    public override long TimestampFrequency => System.TimestampFrequency / factor;

    /// <inheritdoc/>
    public override long GetTimestamp() => System.GetTimestamp();

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, Hurried(dueTime), Hurried(period));

    // An infinite one stays what it is.
    private TimeSpan Hurried(TimeSpan time) => time > TimeSpan.Zero ? time / factor : time;
}
