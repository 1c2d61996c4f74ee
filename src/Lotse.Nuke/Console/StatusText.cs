using System.Globalization;
using Lotse.Configuration;
using Lotse.Execution.Deployments;
using Lotse.Planning.Observed;
using Lotse.Planning.Planners;

namespace Lotse.Nuke.Console;

/// <summary>A host's status as lines for a person. Pure.</summary>
internal static class StatusText
{
    public static IEnumerable<string> Of(DeployConfig config, HostStatus host, DateTimeOffset now)
    {
        var observed = host.Observed;
        var disk = host.FreeBytes is { } free ? $", {Size(free)} free" : "";
        yield return $"{observed.Host}: engine {observed.EngineVersion}{disk}{(host.Url is { } url ? $", {url}" : "")}";
        if (host.Lease is { } lease)
        {
            yield return $"  lease    held by {lease.Owner} for '{lease.Purpose}'";
        }

        yield return observed.Proxy is { } proxy
            ? $"  proxy    {Life(proxy.Container, host, now)}, {proxy.Container.Image}{(proxy.IsListed ? "" : "; what it routes is not known")}"
            : "  proxy    there is none";
        foreach (var role in config.Roles.Where(r => r.Hosts.Any(h => h.Name == observed.Host)))
        {
            foreach (var line in OfRole(role, Serving.ContainerOf(config, observed, role), host, now))
            {
                yield return line;
            }
        }

        foreach (var accessory in observed.Accessories)
        {
            yield return $"  {accessory.Role, -8} accessory {accessory.Name}: {Life(accessory, host, now)}";
        }
    }

    private static IEnumerable<string> OfRole(
        RoleConfig role,
        ObservedContainer? serving,
        HostStatus host,
        DateTimeOffset now
    )
    {
        var containers = host
            .Observed.Containers.Where(c => c.Role == role.Name)
            .OrderByDescending(c => c.CreatedAt)
            .ToList();
        if (containers.Count == 0)
        {
            yield return $"  {role.Name, -8} nothing is deployed";
        }

        if (ModeOf(serving, host) is { } held)
        {
            yield return $"  {role.Name, -8} {held}; `Live` ends that";
        }

        foreach (var container in containers)
        {
            // Without the proxy's word nobody knows which one serves.
            var isUnsure = role.Proxy is not null && host.Observed.Proxy is { IsListed: false } && container.IsRunning;
            var release =
                container == serving ? $"serves {container.Version}{ServingSince(container, host, now)}"
                : isUnsure ? $"runs   {container.Version}"
                : $"kept   {container.Version}";
            var health = container == serving ? HealthOf(serving, host) : "";
            yield return $"  {role.Name, -8} {release}: {container.Name} {Life(container, host, now)}{health}";
        }
    }

    /// <summary>What the proxy's last probe said.</summary>
    private static string HealthOf(ObservedContainer serving, HostStatus host) =>
        host.Observed.Proxy?.Services.FirstOrDefault(s => IsTarget(s, serving))?.IsHealthy switch
        {
            true => ", passes the proxy's health check",
            false => ", FAILS the proxy's health check",
            null => "",
        };

    /// <summary>What keeps requests from the container; null when nothing does.</summary>
    private static string? ModeOf(ObservedContainer? serving, HostStatus host) =>
        host.Observed.Proxy?.Services.FirstOrDefault(s => IsTarget(s, serving))?.Mode switch
        {
            ProxiedMode.Stopped => "in maintenance: requests are answered with 503",
            ProxiedMode.Paused => "paused: requests wait",
            _ => null,
        };

    private static bool IsTarget(ProxiedService service, ObservedContainer? container) =>
        container is not null && service.Active?.StartsWith(container.ShortId, StringComparison.Ordinal) == true;

    /// <summary>Since when the release serves, from the audit log: its container may have been started again since.</summary>
    private static string ServingSince(ObservedContainer container, HostStatus host, DateTimeOffset now) =>
        host.Observed.History.LastOrDefault(p => p.Version == container.Version) is { } past
            ? $" for {Ago(now - past.At)}"
            : "";

    private static string Life(ObservedContainer container, HostStatus host, DateTimeOffset now)
    {
        var state = container.State.ToString().ToLowerInvariant();
        if (!host.Details.TryGetValue(container.Name, out var detail))
        {
            return state;
        }

        var since = container.IsRunning && detail.StartedAt is { } started ? $" for {Ago(now - started)}" : "";
        var restarts = detail.RestartCount > 0 ? $", restarted {detail.RestartCount} time(s)" : "";
        var health = detail.Health == "none" ? "" : $", {detail.Health}";
        return $"{state}{since}{health}{restarts}";
    }

    private static string Size(long bytes) =>
        (bytes / (double)(1 << 30)) switch
        {
            >= 10 and var much => string.Create(CultureInfo.InvariantCulture, $"{much:0} GiB"),
            >= 1 and var some => string.Create(CultureInfo.InvariantCulture, $"{some:0.0} GiB"),
            var little => string.Create(CultureInfo.InvariantCulture, $"{little * 1024:0} MiB"),
        };

    private static string Ago(TimeSpan span) =>
        span switch
        {
            { TotalDays: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalDays:0.0} days"),
            { TotalHours: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours:0.0} hours"),
            { TotalMinutes: >= 1 } => Whole(span.TotalMinutes, "minute"),
            _ => Whole(Math.Max(0, span.TotalSeconds), "second"),
        };

    private static string Whole(double count, string unit) =>
        Math.Round(count) is var whole && whole == 1
            ? $"1 {unit}"
            : string.Create(CultureInfo.InvariantCulture, $"{whole:0} {unit}s");
}
