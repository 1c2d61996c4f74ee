using Lotse.Execution.Ports;

namespace Lotse.Execution.Leases;

/// <summary>
/// A host's time of day, by this machine's clock and what is known of the difference: what deployers write and read on a host must mean the same to all of
/// them, however wrong each one's own clock is.
/// </summary>
internal sealed class HostTime : TimeProvider
{
    private readonly TimeProvider own;
    private readonly TimeSpan ahead;

    private HostTime(TimeProvider own, TimeSpan ahead)
    {
        this.own = own;
        this.ahead = ahead;
    }

    /// <summary>The time of a host.</summary>
    public static TimeProvider Of(IHost host, TimeProvider own) => Of(host.ClockAhead, own);

    /// <summary>The time of a clock that is ahead of this machine's by so much; negative when it is behind, null when it is not known.</summary>
    public static TimeProvider Of(TimeSpan? ahead, TimeProvider own) =>
        ahead is { } difference && difference != TimeSpan.Zero ? new HostTime(own, difference) : own;

    /// <inheritdoc/>
    public override long TimestampFrequency => own.TimestampFrequency;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => own.LocalTimeZone;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => own.GetUtcNow() + ahead;

    /// <inheritdoc/>
    public override long GetTimestamp() => own.GetTimestamp();

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        own.CreateTimer(callback, state, dueTime, period);
}
