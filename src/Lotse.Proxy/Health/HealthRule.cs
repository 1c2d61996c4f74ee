namespace Lotse.Proxy.Health;

/// <summary>Judges what a probe found, and says when to ask again. Pure.</summary>
internal static class HealthRule
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);

    /// <summary>Only 2xx is healthy: a redirect leads to a login or to https, and says nothing of the application.</summary>
    public static bool IsHealthy(int status) => status is >= 200 and < 300;

    /// <summary>The pause after so many probes: short at first, because most applications start fast, then up to the interval.</summary>
    public static TimeSpan PauseAfter(int attempts, TimeSpan interval)
    {
        var pause = FirstPause * Math.Pow(1.25, Math.Min(attempts - 1, 40));
        return pause < interval ? pause : interval;
    }
}
