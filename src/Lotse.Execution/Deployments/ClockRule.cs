using System.Globalization;

namespace Lotse.Execution.Deployments;

/// <summary>Judges how far a host's clock is from the deployer's. Pure.</summary>
internal static class ClockRule
{
    /// <summary>More than a synchronised clock ever is off; logs of several hosts cannot be set side by side then.</summary>
    public static readonly TimeSpan Warned = TimeSpan.FromSeconds(5);

    /// <summary>From here on tokens and certificates that were just issued begin to be refused, and journals and logs tell of the future.</summary>
    public static readonly TimeSpan Refused = TimeSpan.FromSeconds(60);

    /// <summary>What is to be said of it; null when it is well.</summary>
    /// <param name="host">The host's name.</param>
    /// <param name="ahead">How far its clock is ahead; negative when it is behind.</param>
    public static ClockVerdict? Judge(string host, TimeSpan? ahead)
    {
        if (ahead is not { } skew || skew.Duration() <= Warned)
        {
            return null;
        }

        var seconds = skew.Duration().TotalSeconds.ToString("0", CultureInfo.InvariantCulture);
        var text =
            $"its clock is {seconds} s {(skew > TimeSpan.Zero ? "ahead of" : "behind")} this machine's. Set the wrong one of both: `sudo timedatectl set-ntp true` there ({host}) or here.";
        return new ClockVerdict(text, skew.Duration() > Refused);
    }
}

/// <summary>What is to be said of a clock.</summary>
/// <param name="Text">What is wrong, and what to do.</param>
/// <param name="IsRefused">Whether nothing is deployed until it is mended.</param>
internal sealed record ClockVerdict(string Text, bool IsRefused);
