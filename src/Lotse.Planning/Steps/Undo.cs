namespace Lotse.Planning.Steps;

/// <summary>Move the traffic back to the target that had it before the switch.</summary>
public sealed record RevertTraffic(string Host, string ProxyService, string Container) : PlanStep(Host)
{
    /// <inheritdoc/>
    public override string Describe() => $"switch {ProxyService} back from {Container}";
}

/// <summary>What takes a step back.</summary>
public static class Undo
{
    /// <summary>
    /// The step that undoes this one, or null when nothing has to be undone. Undoing a step that failed half-way is safe: each answer is
    /// idempotent.
    /// </summary>
    /// <param name="step">The step.</param>
    /// <param name="stopGrace">How long a container that is taken down again may take to end.</param>
    public static PlanStep? Of(PlanStep step, TimeSpan stopGrace) =>
        step switch
        {
            CreateContainer created => new RemoveContainer(created.Host, created.Spec.Name, "the rollout failed"),
            StartContainer started => new StopContainer(started.Host, started.Container, stopGrace),
            RestartContainer started => new StopContainer(started.Host, started.Container, stopGrace),
            RenameContainer renamed => new RenameContainer(renamed.Host, renamed.To, renamed.From),
            StageTarget staged => new AbortStage(staged.Host, staged.Route.Service) { IsOwn = true },
            SwitchTraffic switched => new RevertTraffic(switched.Host, switched.ProxyService, switched.Container),
            _ => null,
        };
}
