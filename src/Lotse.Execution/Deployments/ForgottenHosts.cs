using System.Globalization;
using Lotse.Execution.Journals;

namespace Lotse.Execution.Deployments;

/// <summary>Finds hosts that the last deploy went to and that nobody names any more: what runs there runs on. Pure.</summary>
internal static class ForgottenHosts
{
    /// <summary>A note for each.</summary>
    /// <param name="service">The service.</param>
    /// <param name="audit">The audit logs of those hosts that are named.</param>
    /// <param name="named">The hosts of the configuration, those included that are left out of this run.</param>
    public static IEnumerable<string> Notes(
        string service,
        IEnumerable<AuditEntry> audit,
        IReadOnlyCollection<string> named
    )
    {
        var last = audit.Where(e => e is { Served: not null, Hosts: not null }).OrderBy(e => e.At).LastOrDefault();
        var day = last?.At.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return (last?.Hosts ?? [])
            .Except(named)
            .Select(host =>
                $"[{host}] is not in the configuration any more, and got {last!.Version} on {day}: what runs there runs on, and no deploy sees it. `docker ps --all --filter label=service={service}` on that host shows it; `./build.sh Remove` takes it away from hosts that the configuration names"
            );
    }
}
