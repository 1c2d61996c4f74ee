using Lotse.Configuration;
using Lotse.Planning.Observed;

namespace Lotse.Execution.Baking;

/// <summary>Judges how a new release answers. Pure.</summary>
internal static class BakeRule
{
    /// <summary>Why the release is bad; null while it is not, or while there are too few answers to tell.</summary>
    /// <param name="config">From which share on, and from how many answers on.</param>
    /// <param name="before">The counters right after the switch; null when they are not counted.</param>
    /// <param name="now">The counters now.</param>
    public static string? Judge(BakeConfig config, TrafficCount? before, TrafficCount? now)
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
