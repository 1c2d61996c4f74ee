namespace Lotse.EndToEnd.Host;

/// <summary>The system's time, but for a clock that is ahead: what expires has expired without a wait. Timers and spans are not concerned, as by a machine's sleep.</summary>
internal sealed class ShiftedTime : TimeProvider
{
    public TimeSpan Ahead { get; set; }

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Ahead;
}
