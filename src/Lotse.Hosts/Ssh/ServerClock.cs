using System.Globalization;
using Lotse.Execution.Ports;

namespace Lotse.Hosts.Ssh;

/// <summary>A server's clock by what it last told: it may be set right at any time, and so may this machine's.</summary>
/// <param name="time">This machine's clock.</param>
/// <param name="ahead">How far it is ahead, when that is known; negative when it is behind.</param>
internal sealed class ServerClock(TimeProvider time, TimeSpan? ahead = null)
{
    private readonly Lock sync = new();
    private TimeSpan? ahead = ahead;

    /// <summary>How far it is ahead of this machine's clock at least; negative when it is behind, null when it was never told.</summary>
    public TimeSpan? Ahead
    {
        get
        {
            lock (sync)
            {
                return ahead;
            }
        }
    }

    /// <summary>This machine's time, for <see cref="Hear"/>.</summary>
    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>Takes what a script tells of the time; what is no time is passed over.</summary>
    /// <param name="text">Seconds since 1970, and after a blank, where something may have taken long, those at its end.</param>
    /// <param name="asked">This machine's time when the script was sent.</param>
    public void Hear(string text, DateTimeOffset asked)
    {
        var told = text.Split(' ', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (told.Length is 0 or > 2 || !TryRead(told[0], out var begun) || !TryRead(told[^1], out var ended))
        {
            return;
        }

        // Both seconds were not over: it took at least as long as what lies between them.
        var took = ended - begun - TimeSpan.FromSeconds(1);
        var answered = Now - (took > TimeSpan.Zero ? took : TimeSpan.Zero);
        lock (sync)
        {
            ahead = ClockDifference.After(ahead, begun, asked, answered);
        }
    }

    private static bool TryRead(string text, out DateTimeOffset time)
    {
        var isNumber = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds);
        time = isNumber && seconds < int.MaxValue * 4L ? DateTimeOffset.FromUnixTimeSeconds(seconds) : default;
        return time != default;
    }
}
