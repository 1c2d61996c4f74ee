using System.Collections.Immutable;
using Lotse.Execution.Hooks;
using Lotse.Execution.Ports;
using Lotse.Execution.Reporting;
using Lotse.Planning;
using Lotse.Planning.Containers;
using Lotse.Planning.Observed;
using Lotse.Planning.Steps;

namespace Lotse.Execution.Handlers;

/// <summary>
/// Brings the edge proxy to run as it is to be. All services of a host share it, and each has a lease of its own: so what is there is looked at anew, and what
/// another deployer is about to do with it is waited for.
/// </summary>
internal sealed class EnsureProxyHandler : StepHandler<EnsureProxy>
{
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(10);

    /// <summary>A replacement takes no longer than the old proxy's grace and the new one's start.</summary>
    private static readonly TimeSpan OthersLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    protected override async Task HandleAsync(EnsureProxy step, StepContext context, CancellationToken cancellation)
    {
        var host = context.HostOf(step);
        var (present, making) = await AwaitOthersAsync(host, step, context, cancellation);
        if (making is not null)
        {
            present = await PutRightAsync(host, step, present, making, cancellation);
        }

        if (present is null)
        {
            await CreateAsync(host, step, cancellation);
        }
        else if (present.Fingerprint == step.Spec.Fingerprint && present.Image == step.Spec.Image)
        {
            await StartAsync(host, step, cancellation);
        }
        else
        {
            // One host after the other: a hook may take its host out of the balancer in front, and not all may be out at once.
            using var turn = await context.TakeProxyTurnAsync(cancellation);
            await context.Hooks.RunAsync(HookNames.PreProxyReboot, [step.Host], cancellation);
            await ReplaceAsync(host, step, present, cancellation);
            await context.Hooks.RunAsync(HookNames.PostProxyReboot, [step.Host], cancellation);
        }
    }

    private static async Task CreateAsync(IHost host, EnsureProxy step, CancellationToken cancellation)
    {
        var id = await host.Engine.CreateAsync(step.Spec, cancellation);
        try
        {
            await StartAsync(host, step, cancellation);
        }
        catch (HostException)
        {
            // A proxy that cannot start (its port is taken) must not stay behind and start by itself after a reboot.
            await host.Engine.RemoveAsync(id, CancellationToken.None);
            throw;
        }
    }

    /// <summary>
    /// Two containers cannot hold one published port, so the old one stops before the new one starts; the state on their volume makes the gap as short as
    /// a restart. When the new one does not come up, the old one serves again.
    /// </summary>
    private static async Task ReplaceAsync(
        IHost host,
        EnsureProxy step,
        ObservedContainer present,
        CancellationToken cancellation
    )
    {
        string? id = null;
        await host.Engine.RenameAsync(present.Name, Names.Replaced(step.Spec.Name), cancellation);
        try
        {
            id = await host.Engine.CreateAsync(step.Spec, CancellationToken.None);
            await host.Engine.StopAsync(present.Id, StopGrace, cancellation);
            await StartAsync(host, step, cancellation);
        }
        catch
        {
            if (id is not null)
            {
                await host.Engine.RemoveAsync(id, CancellationToken.None);
            }

            await host.Engine.RenameAsync(present.Id, step.Spec.Name, CancellationToken.None);
            await StartAsync(host, step, CancellationToken.None);
            throw;
        }

        await host.Engine.RemoveAsync(present.Id, cancellation);
        // On the machine that builds them, another checkout may want it, and would have to compile it again.
        if (!host.IsBuilder && present.Image.Length > 0 && present.Image != step.Spec.Image)
        {
            await host.Engine.RemoveImageAsync(present.Image, cancellation);
        }
    }

    /// <summary>The proxy, and the one that makes way for it, once nobody else is replacing it; whoever still seems to after the limit has died.</summary>
    private static async Task<(ObservedContainer? Present, ObservedContainer? MakingWay)> AwaitOthersAsync(
        IHost host,
        EnsureProxy step,
        StepContext context,
        CancellationToken cancellation
    )
    {
        var start = context.Time.GetTimestamp();
        var isTold = false;
        while (true)
        {
            var found = await FindAsync(host, step, cancellation);
            if (found.MakingWay is null || context.Time.GetElapsedTime(start) > OthersLimit)
            {
                return found;
            }

            if (!isTold)
            {
                const string Text =
                    "the edge proxy is being replaced by another deployer, or one has died doing so: waiting";
                context.Observer.Report(new Remark(step.Host, Text));
                isTold = true;
            }

            await Task.Delay(Pause, context.Time, cancellation);
        }
    }

    private static async Task<(ObservedContainer? Present, ObservedContainer? MakingWay)> FindAsync(
        IHost host,
        EnsureProxy step,
        CancellationToken cancellation
    )
    {
        var label = ImmutableDictionary<string, string?>.Empty.Add(ContainerLabels.Proxy, null);
        var proxies = (await host.Engine.ListContainersAsync(label, cancellation)).Select(c => c.Container).ToList();
        return (
            proxies.Find(c => c.Name == step.Spec.Name),
            proxies.Find(c => c.Name == Names.Replaced(step.Spec.Name))
        );
    }

    /// <summary>After a deployer that died while it replaced the proxy: the new one stays when it answers, else the old one gets its name back.</summary>
    private static async Task<ObservedContainer> PutRightAsync(
        IHost host,
        EnsureProxy step,
        ObservedContainer? present,
        ObservedContainer makingWay,
        CancellationToken cancellation
    )
    {
        if (present is { IsRunning: true })
        {
            await host.Proxy.AwaitReadyAsync(cancellation);
            await host.Engine.RemoveAsync(makingWay.Id, cancellation);
            return present;
        }

        if (present is not null)
        {
            await host.Engine.RemoveAsync(present.Id, cancellation);
        }

        await host.Engine.RenameAsync(makingWay.Id, step.Spec.Name, cancellation);
        await StartAsync(host, step, cancellation);
        return makingWay with { Name = step.Spec.Name };
    }

    private static async Task StartAsync(IHost host, EnsureProxy step, CancellationToken cancellation)
    {
        await host.Engine.StartAsync(step.Spec.Name, cancellation);
        await host.Proxy.AwaitReadyAsync(cancellation);
    }
}
