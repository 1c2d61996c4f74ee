using Lotse.Execution.Ports;

namespace Lotse.Execution.Leases;

/// <summary>
/// A host's time of day, by this machine's clock and what is known of the difference by now: what deployers write and read on a host must mean the same to all
/// of them, however wrong each one's own clock is, and whoever sets which one right meanwhile.
/// </summary>
/// <param name="ahead">By how much the host's clock is ahead; negative when it is behind, null when it is the same clock or is not known.</param>
/// <param name="own">This machine's clock.</param>
internal sealed class HostTime(Func<TimeSpan?> ahead, TimeProvider own) : TimeProvider
{
    /// <summary>The time of a host.</summary>
    public static HostTime Of(IHost host, TimeProvider own) => new(() => host.ClockAhead, own);

    /// <inheritdoc/>
    public override long TimestampFrequency => own.TimestampFrequency;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => own.LocalTimeZone;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => own.GetUtcNow() + (ahead() ?? TimeSpan.Zero);

    /// <inheritdoc/>
    public override long GetTimestamp() => own.GetTimestamp();

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        own.CreateTimer(callback, state, dueTime, period);
}
