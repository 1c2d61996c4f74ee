using Lotse.Execution.Deployments;
using Lotse.Execution.Hooks;
using Lotse.Execution.Ports;
using Lotse.Execution.Reporting;
using Lotse.Planning;
using Lotse.Planning.Observed;
using Lotse.Planning.Steps;

namespace Lotse.Execution.Handlers;

internal sealed class EnsureNetworkHandler : StepHandler<EnsureNetwork>
{
    protected override Task HandleAsync(EnsureNetwork step, StepContext context, CancellationToken cancellation) =>
        context.HostOf(step).Engine.EnsureNetworkAsync(step.Network, cancellation);
}

internal sealed class PullImageHandler : StepHandler<PullImage>
{
    protected override Task HandleAsync(PullImage step, StepContext context, CancellationToken cancellation) =>
        FullDisk.ExplainAsync(context.HostOf(step), () => BringAsync(step, context, cancellation), cancellation);

    private static async Task BringAsync(PullImage step, StepContext context, CancellationToken cancellation)
    {
        var host = context.HostOf(step);
        var progress = new LayerReporter(step, context.Observer);
        var (pushed, name) = (step.PullReference, step.ImageName);
        if (await context.Archives.TrySendChangeAsync(host, pushed, name, progress, cancellation))
        {
            return;
        }

        if (await context.Registry.ReachAsync(host, cancellation) is not { } registry)
        {
            await context.Archives.SendAsync(host, pushed, name, progress, cancellation);
            return;
        }

        var reference = $"{registry}/{pushed}";
        await PullAsync(step, context, reference, progress, cancellation);
        context.Later(step.Host, () => host.Engine.RemoveImageAsync(reference, CancellationToken.None));
    }

    private static async Task PullAsync(
        PullImage step,
        StepContext context,
        string reference,
        LayerReporter progress,
        CancellationToken cancellation
    )
    {
        var engine = context.HostOf(step).Engine;
        var login = context.Registry.Login;
        Task Pull() => engine.PullAsync(reference, step.ImageName, login, progress, cancellation);
        if (login is null)
        {
            await Pull();
            return;
        }

        var repository = step.PullReference.Split('@')[0];
        await new RegistryAccess(login, context.Time).ExplainAsync(engine, repository, "read", Pull, cancellation);
    }

    private sealed class LayerReporter(PlanStep step, IRolloutObserver observer) : IProgress<LayerProgress>
    {
        public void Report(LayerProgress value) => observer.Report(new LayerMoved(step, value));
    }
}

internal sealed class EnsureProxyHandler : StepHandler<EnsureProxy>
{
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(10);

    protected override async Task HandleAsync(EnsureProxy step, StepContext context, CancellationToken cancellation)
    {
        var host = context.HostOf(step);
        var exists = await IsThereAsync(host, step, cancellation);
        if (exists && step.Replaces)
        {
            await context.Hooks.RunAsync(HookNames.PreProxyReboot, [step.Host], cancellation);
            await ReplaceAsync(host, step, cancellation);
            await context.Hooks.RunAsync(HookNames.PostProxyReboot, [step.Host], cancellation);
            return;
        }

        if (!exists)
        {
            await host.Engine.CreateAsync(step.Spec, cancellation);
        }

        try
        {
            await StartAsync(host, step, cancellation);
        }
        catch (HostException) when (!exists)
        {
            // A proxy that cannot start (its port is taken) must not stay behind and start by itself after a reboot.
            await host.Engine.RemoveAsync(step.Spec.Name, CancellationToken.None);
            throw;
        }
    }

    /// <summary>
    /// Two containers cannot hold one published port, so the old one stops before the new one starts; the state on their volume makes the gap as short as
    /// a restart. When the new one does not come up, the old one serves again.
    /// </summary>
    private static async Task ReplaceAsync(IHost host, EnsureProxy step, CancellationToken cancellation)
    {
        var old = Names.Replaced(step.Spec.Name);
        await host.Engine.RemoveAsync(old, cancellation);
        await host.Engine.RenameAsync(step.Spec.Name, old, cancellation);
        try
        {
            await host.Engine.CreateAsync(step.Spec, cancellation);
            await host.Engine.StopAsync(old, StopGrace, cancellation);
            await StartAsync(host, step, cancellation);
        }
        catch
        {
            await host.Engine.RemoveAsync(step.Spec.Name, CancellationToken.None);
            await host.Engine.RenameAsync(old, step.Spec.Name, CancellationToken.None);
            await StartAsync(host, step, CancellationToken.None);
            throw;
        }

        await host.Engine.RemoveAsync(old, cancellation);
        // On the machine that builds them, another checkout may want it, and would have to compile it again.
        if (!host.IsBuilder && step.ReplacedImage is { Length: > 0 } image && image != step.Spec.Image)
        {
            await host.Engine.RemoveImageAsync(image, cancellation);
        }
    }

    /// <summary>Whether there is a proxy. One that a dead deployer was about to replace gets its name back first.</summary>
    private static async Task<bool> IsThereAsync(IHost host, EnsureProxy step, CancellationToken cancellation)
    {
        if (await host.Engine.InspectAsync(step.Spec.Name, cancellation) is not null)
        {
            return true;
        }

        if (await host.Engine.InspectAsync(Names.Replaced(step.Spec.Name), cancellation) is null)
        {
            return false;
        }

        await host.Engine.RenameAsync(Names.Replaced(step.Spec.Name), step.Spec.Name, cancellation);
        return true;
    }

    private static async Task StartAsync(IHost host, EnsureProxy step, CancellationToken cancellation)
    {
        await host.Engine.StartAsync(step.Spec.Name, cancellation);
        await host.Proxy.AwaitReadyAsync(cancellation);
    }
}
