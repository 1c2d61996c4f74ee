using Lotse.Configuration;
using Lotse.Planning.Observed;

namespace Lotse.Execution.Baking;

/// <summary>Judges how a new release does. Pure.</summary>
internal static class BakeRule
{
    /// <summary>Why the release is bad; null while it is not, or while there are too few answers to tell. Its health needs none.</summary>
    /// <param name="config">From which share on, and from how many answers on.</param>
    /// <param name="before">What the proxy said right after the switch; null when it did not know the service.</param>
    /// <param name="now">What it says now.</param>
    public static string? Judge(BakeConfig config, ProxiedService? before, ProxiedService? now) =>
        now?.IsHealthy == false
            ? "it no longer passes its health check, which it passed before the switch"
            : Judge(config, before?.Traffic, now?.Traffic);

    private static string? Judge(BakeConfig config, TrafficCount? before, TrafficCount? now)
    {
        if (before is null || now is null)
        {
            return null;
        }

        var requests = now.Requests - before.Requests;
        var errors = now.ServerErrors - before.ServerErrors;
        var isMuch = requests >= config.MinimumRequests && errors * 100 >= requests * config.ErrorPercent;
        return isMuch
            ? $"{errors} of {requests} requests since the switch were answered with an error of the server (5xx); the limit is {config.ErrorPercent} %"
            : null;
    }
}
