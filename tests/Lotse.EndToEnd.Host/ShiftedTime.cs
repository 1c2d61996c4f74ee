namespace Lotse.EndToEnd.Host;

/// <summary>The system's time, but for a clock that is ahead: what expires has expired without a wait.</summary>
internal sealed class ShiftedTime(TimeSpan ahead) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + ahead;
}
