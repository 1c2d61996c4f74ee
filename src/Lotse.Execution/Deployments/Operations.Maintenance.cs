using Lotse.Execution.Journals;
using Lotse.Execution.Ports;
using Lotse.Execution.Reporting;
using Lotse.Planning;

namespace Lotse.Execution.Deployments;

public sealed partial class Operations
{
    /// <summary>
    /// Answers all requests to the service with 503 and a page, on all hosts or on none; requests in flight end. It outlives restarts and deploys, until
    /// <see cref="GoLiveAsync"/>.
    /// </summary>
    /// <param name="message">What the page says, as plain text; empty for the proxy's own sentence.</param>
    /// <param name="cancellation">Gives up; hosts that were stopped by then serve again.</param>
    /// <exception cref="UserException">Nothing of the service is behind a proxy.</exception>
    public async Task EnterMaintenanceAsync(string message, CancellationToken cancellation)
    {
        var routes = await RoutesAsync("maintenance", cancellation);
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
    }

    /// <summary>Forwards requests again, on every host.</summary>
    /// <exception cref="UserException">Nothing of the service is behind a proxy.</exception>
    public async Task GoLiveAsync(CancellationToken cancellation)
    {
        var routes = await RoutesAsync("live", cancellation);
        await Task.WhenAll(routes.Select(r => r.Host.Proxy.ResumeAsync(r.Service, cancellation)));
        await TellAsync(routes, "live", "is live");
    }

    private async Task<IReadOnlyList<(IHost Host, string Service)>> RoutesAsync(
        string subcommand,
        CancellationToken cancellation
    )
    {
        var hosts = await ConnectAsync("app", subcommand, cancellation);
        var fleet = await ObserveAsync(hosts, cancellation);
        var own = config
            .Roles.Where(r => r.Proxy is not null)
            .Select(r => Names.ProxyService(config.Service, r.Name, config.Destination))
            .ToHashSet();
        var routes = hosts
            .SelectMany(h => (fleet[h.Name].Proxy?.Services ?? []).Select(s => (Host: h, Service: s.Name)))
            .Where(r => own.Contains(r.Service))
            .ToList();
        return routes.Count > 0
            ? routes
            : throw new UserException($"Nothing of {config.Service} is behind a proxy yet.", "Deploy it first.");
    }

    private async Task ResumeQuietlyAsync((IHost Host, string Service) route)
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

    private async Task TellAsync(IReadOnlyList<(IHost Host, string Service)> routes, string command, string what)
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
            await Records.AuditAsync(host.Store, entry, CancellationToken.None);
        }
    }
}
