using Lotse.Execution.Deployments;
using Lotse.Execution.Ports;
using Lotse.Execution.Reporting;
using Lotse.Planning.Steps;

namespace Lotse.Execution.Handlers;

internal sealed class EnsureNetworkHandler : StepHandler<EnsureNetwork>
{
    protected override Task HandleAsync(EnsureNetwork step, StepContext context, CancellationToken cancellation) =>
        context.HostOf(step).Engine.EnsureNetworkAsync(step.Network, cancellation);
}

internal sealed class PullImageHandler : StepHandler<PullImage>
{
    protected override async Task HandleAsync(PullImage step, StepContext context, CancellationToken cancellation)
    {
        var host = context.HostOf(step);
        await FullDisk.ExplainAsync(host, () => BringAsync(step, context, cancellation), cancellation);
        // The release is the last image that the host gets.
        context.Later(step.Host, () => context.Registry.LeaveAsync(host, CancellationToken.None));
    }

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
        await RegistryPull.RunAsync(
            host,
            step.Describe(),
            token => PullAsync(step, context, reference, progress, token),
            context.Time,
            cancellation
        );
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
