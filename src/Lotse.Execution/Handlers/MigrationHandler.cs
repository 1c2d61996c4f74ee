using Lotse.Execution.OneOffs;
using Lotse.Execution.Reporting;
using Lotse.Planning.Steps;

namespace Lotse.Execution.Handlers;

internal sealed class RunMigrationHandler : StepHandler<RunMigration>
{
    private const int TailLines = 30;

    protected override async Task HandleAsync(RunMigration step, StepContext context, CancellationToken cancellation)
    {
        var tail = new Queue<string>();
        void Take(string line)
        {
            context.Observer.Report(new StepOutput(step, line));
            tail.Enqueue(line);
            if (tail.Count > TailLines)
            {
                tail.Dequeue();
            }
        }

        using var limit = new CancellationTokenSource(step.Timeout, context.Time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            var code = await OneOffRun.RunAsync(context.HostOf(step).Engine, step.Spec, Take, linked.Token);
            if (code != 0)
            {
                throw Failed(step, $"ended with exit code {code}", tail);
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            throw Failed(step, $"had not ended after {step.Timeout.TotalSeconds:0} s and was killed", tail);
        }
    }

    private static MigrationFailedException Failed(RunMigration step, string fact, Queue<string> tail) =>
        new(step.Host, step.Command, fact, [.. tail]);
}
