using Lotse.Execution.Journals;
using Lotse.Execution.Ports;
using Lotse.Execution.Reporting;
using Lotse.Planning;

namespace Lotse.Execution.Deployments;

public sealed partial class Operations
{
    /// <summary>
    /// Answers all requests to the service with 503 and a page, on all hosts that can be asked or on none; requests in flight end. It outlives restarts and
    /// deploys, until <see cref="GoLiveAsync"/>.
    /// </summary>
    /// <param name="message">What the page says, as plain text; empty for the proxy's own sentence.</param>
    /// <param name="cancellation">Gives up; hosts that were stopped by then serve again.</param>
    /// <exception cref="UserException">Nothing of the service is behind a proxy.</exception>
    /// <exception cref="SomeHostsFailedException">Some hosts could not be asked: they are as they were.</exception>
    public async Task EnterMaintenanceAsync(string message, CancellationToken cancellation)
    {
        var (group, routes) = await RoutesAsync("maintenance", cancellation);
        try
        {
            await Task.WhenAll(
                routes.Select(r => r.Host.Proxy.StopAsync(r.Service, config.DrainTimeout, message, cancellation))
            );
        }
        catch
        {
            // A service that is half in maintenance is worse than either.
            await Task.WhenAll(routes.Select(ResumeQuietlyAsync));
            throw;
        }

        await TellAsync(routes, "maintenance", "is in maintenance: requests are answered with 503");
        group.Require("In maintenance are all hosts but");
    }

    /// <summary>Forwards requests again, on every host that can be asked.</summary>
    /// <exception cref="UserException">Nothing of the service is behind a proxy.</exception>
    /// <exception cref="SomeHostsFailedException">Some hosts could not be asked: they are as they were.</exception>
    public async Task GoLiveAsync(CancellationToken cancellation)
    {
        var (group, routes) = await RoutesAsync("live", cancellation);
        var live = await group.AskAsync(
            routes,
            r => r.Host.Name,
            async r =>
            {
                await r.Host.Proxy.ResumeAsync(r.Service, cancellation);
                return r;
            }
        );
        await TellAsync(live, "live", "is live");
        group.Require("Live are all hosts but");
    }

    private async Task<(HostGroup Group, IReadOnlyList<Routed> Routes)> RoutesAsync(
        string subcommand,
        CancellationToken cancellation
    )
    {
        var group = await ReachAsync("app", subcommand, cancellation);
        var seen = await SeeAsync(group, cancellation);
        var own = config
            .Roles.Where(r => r.Proxy is not null)
            .Select(r => Names.ProxyService(config.Service, r.Name, config.Destination))
            .ToHashSet();
        var routes = seen.SelectMany(h => (h.Observed.Proxy?.Services ?? []).Select(s => new Routed(h.Host, s.Name)))
            .Where(r => own.Contains(r.Service))
            .ToList();
        if (routes.Count == 0)
        {
            group.Require(
                $"Nothing of {config.Service} is behind a proxy on the hosts that answer; nothing was changed on"
            );
            throw new UserException($"Nothing of {config.Service} is behind a proxy yet.", "Deploy it first.");
        }

        return (group, routes);
    }

    private sealed record Routed(IHost Host, string Service);

    private async Task ResumeQuietlyAsync(Routed route)
    {
        try
        {
            await route.Host.Proxy.ResumeAsync(route.Service, CancellationToken.None);
        }
        catch (HostException failure)
        {
            var text = $"{route.Service} may still be in maintenance: {failure.Message}";
            services.Observer.Report(new Warning(route.Host.Name, text));
        }
    }

    private async Task TellAsync(IReadOnlyList<Routed> routes, string command, string what)
    {
        foreach (var (host, service) in routes)
        {
            services.Observer.Report(new Remark(host.Name, $"{service} {what}"));
            var entry = new AuditEntry
            {
                At = services.Time.GetUtcNow(),
                Performer = performer,
                Command = command,
                Rollout = "",
                Outcome = $"{service} {what}",
            };
            await services.AuditAsync(host, entry, CancellationToken.None);
        }
    }
}
