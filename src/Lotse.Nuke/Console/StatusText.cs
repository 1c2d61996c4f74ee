using System.Globalization;
using Lotse.Configuration;
using Lotse.Execution.Deployments;
using Lotse.Planning.Observed;

namespace Lotse.Nuke.Console;

/// <summary>A host's status as lines for a person. Pure.</summary>
internal static class StatusText
{
    public static IEnumerable<string> Of(DeployConfig config, HostStatus host, DateTimeOffset now)
    {
        var observed = host.Observed;
        var disk = host.FreeBytes is { } free ? $", {free / (1024 * 1024 * 1024)} GiB free" : "";
        yield return $"{observed.Host}: engine {observed.EngineVersion}{disk}{(host.Url is { } url ? $", {url}" : "")}";
        if (host.Lease is { } lease)
        {
            yield return $"  lease    held by {lease.Owner} for '{lease.Purpose}'";
        }

        yield return observed.Proxy is { } proxy
            ? $"  proxy    {proxy.Container.State.ToString().ToLowerInvariant()}, {proxy.Container.Image}"
            : "  proxy    there is none";
        foreach (var role in config.Roles.Where(r => r.Hosts.Any(h => h.Name == observed.Host)))
        {
            foreach (var line in OfRole(role.Name, host, now))
            {
                yield return line;
            }
        }

        foreach (var accessory in observed.Accessories)
        {
            yield return $"  {accessory.Role, -8} accessory {accessory.Name}: {Life(accessory, host, now)}";
        }
    }

    private static IEnumerable<string> OfRole(string role, HostStatus host, DateTimeOffset now)
    {
        var containers = host
            .Observed.Containers.Where(c => c.Role == role)
            .OrderByDescending(c => c.CreatedAt)
            .ToList();
        if (containers.Count == 0)
        {
            yield return $"  {role, -8} nothing is deployed";
        }

        foreach (var container in containers)
        {
            var isActive = host.Observed.Proxy?.Services.Any(s =>
                s.Active?.StartsWith(container.ShortId, StringComparison.Ordinal) == true
            );
            yield return $"  {role, -8} {(isActive == true ? "serves" : "kept  ")} {container.Version}: {Life(container, host, now)}";
        }
    }

    private static string Life(ObservedContainer container, HostStatus host, DateTimeOffset now)
    {
        var state = container.State.ToString().ToLowerInvariant();
        if (!host.Details.TryGetValue(container.Name, out var detail))
        {
            return state;
        }

        var since = container.IsRunning && detail.StartedAt is { } started ? $" since {Ago(now - started)}" : "";
        var restarts = detail.RestartCount > 0 ? $", restarted {detail.RestartCount} time(s)" : "";
        var health = detail.Health == "none" ? "" : $", {detail.Health}";
        return $"{state}{since}{health}{restarts}";
    }

    private static string Ago(TimeSpan span) =>
        span switch
        {
            { TotalDays: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalDays:0.0} days"),
            { TotalHours: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours:0.0} hours"),
            { TotalMinutes: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes:0} minutes"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, span.TotalSeconds):0} seconds"),
        };
}
