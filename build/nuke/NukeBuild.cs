using System.Linq.Expressions;
using Nuke.Common.Execution;
using Nuke.Common.IO;
using Nuke.Common.Parameters;
using Nuke.Common.Tooling;

namespace Nuke.Common;

/// <summary>The base of a build: a class whose properties of type <see cref="Target" /> are its targets.</summary>
public abstract partial class NukeBuild : INukeBuild
{
    /// <inheritdoc />
    public IReadOnlyCollection<ExecutableTarget> ExecutionPlan { get; internal set; } = [];

    /// <inheritdoc />
    [Parameter(
        "List of targets to be invoked. Default is '{default_target}'.",
        Name = ParameterSource.Targets,
        Separator = "+"
    )]
    public IReadOnlyCollection<ExecutableTarget> InvokedTargets => [.. ExecutionPlan.Where(x => x.Invoked)];

    /// <inheritdoc />
    [Parameter(
        "List of targets to be skipped. Empty list skips all dependencies.",
        Name = ParameterSource.SkippedTargets,
        Separator = "+"
    )]
    public IReadOnlyCollection<ExecutableTarget> SkippedTargets => With(ExecutionStatus.Skipped);

    /// <inheritdoc />
    public IReadOnlyCollection<ExecutableTarget> ScheduledTargets => With(ExecutionStatus.Scheduled);

    /// <inheritdoc />
    public IReadOnlyCollection<ExecutableTarget> RunningTargets => With(ExecutionStatus.Running);

    /// <inheritdoc />
    public IReadOnlyCollection<ExecutableTarget> AbortedTargets => With(ExecutionStatus.Aborted);

    /// <inheritdoc />
    public IReadOnlyCollection<ExecutableTarget> FailedTargets => With(ExecutionStatus.Failed);

    /// <inheritdoc />
    public IReadOnlyCollection<ExecutableTarget> SucceededTargets => With(ExecutionStatus.Succeeded);

    /// <inheritdoc />
    public IReadOnlyCollection<ExecutableTarget> FinishedTargets => [.. FailedTargets, .. SucceededTargets];

    /// <inheritdoc />
    public bool IsSucceeding => !IsFailing;

    /// <inheritdoc />
    public bool IsFailing =>
        ExecutionPlan.Any(x => x.Status is ExecutionStatus.Failed or ExecutionStatus.Aborted or ExecutionStatus.NotRun);

    /// <inheritdoc />
    public bool IsFinished => ScheduledTargets.Count == 0 && RunningTargets.Count == 0;

    /// <inheritdoc />
    public int? ExitCode { get; set; }

    /// <inheritdoc />
    [Parameter("Shows the execution plan (HTML).")]
    public bool Plan { get; private set; }

    /// <inheritdoc />
    [Parameter("Shows the help text for this build assembly.")]
    public bool Help { get; private set; }

    /// <inheritdoc />
    [Parameter("Disables displaying the NUKE logo.")]
    public bool NoLogo { get; private set; }

    /// <inheritdoc />
    [Parameter("Indicates to continue a previously failed build attempt.")]
    public bool Continue { get; private set; }

    /// <inheritdoc />
    public void ReportSummary(Configure<Dictionary<string, string>>? configurator = null)
    {
        var target = RunningTargets.FirstOrDefault() ?? throw new InvalidOperationException("No target is running");
        target.SummaryInformation = configurator?.Invoke([]) ?? [];
    }

    T? INukeBuild.TryGetValue<T>(Expression<Func<T>> parameterExpression)
        where T : class => BuildContext.Current.Injection.Read<T>(parameterExpression);

    T? INukeBuild.TryGetValue<T>(Expression<Func<object?>> parameterExpression)
        where T : default => BuildContext.Current.Injection.Read<T>(parameterExpression);

    /// <summary>Runs the build of this process: the program's <c>Main</c>.</summary>
    /// <typeparam name="T">The build.</typeparam>
    /// <param name="defaultTargetExpressions">The targets to run when the user names none.</param>
    /// <returns>The exit code of the process.</returns>
    protected static int Execute<T>(params Expression<Func<T, Target>>[] defaultTargetExpressions)
        where T : NukeBuild, new() => BuildRun.Execute(BuildContext.Current, defaultTargetExpressions);

    /// <summary>Called when the targets are known and the parameters have their values.</summary>
    protected internal virtual void OnBuildCreated() { }

    /// <summary>Called when the plan stands, before the first target.</summary>
    protected internal virtual void OnBuildInitialized() { }

    /// <summary>Called after the summary.</summary>
    protected internal virtual void OnBuildFinished() { }

    /// <summary>Called before a target's actions.</summary>
    /// <param name="target">The target's name.</param>
    protected internal virtual void OnTargetRunning(string target) { }

    /// <summary>Called when a target is left out.</summary>
    /// <param name="target">The target's name.</param>
    protected internal virtual void OnTargetSkipped(string target) { }

    /// <summary>Called when a target succeeded.</summary>
    /// <param name="target">The target's name.</param>
    protected internal virtual void OnTargetSucceeded(string target) { }

    /// <summary>Called when a target failed.</summary>
    /// <param name="target">The target's name.</param>
    protected internal virtual void OnTargetFailed(string target) { }

    private List<ExecutableTarget> With(ExecutionStatus status) => [.. ExecutionPlan.Where(x => x.Status == status)];
}
