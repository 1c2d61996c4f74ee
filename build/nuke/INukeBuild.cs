using System.Linq.Expressions;
using Nuke.Common.Execution;
using Nuke.Common.IO;
using Nuke.Common.Tooling;

namespace Nuke.Common;

/// <summary>A build, as its components see it.</summary>
public interface INukeBuild
{
    /// <summary>The targets of this run, in order.</summary>
    IReadOnlyCollection<ExecutableTarget> ExecutionPlan { get; }

    /// <summary>The targets that were asked for by name.</summary>
    IReadOnlyCollection<ExecutableTarget> InvokedTargets { get; }

    /// <summary>The targets that are skipped.</summary>
    IReadOnlyCollection<ExecutableTarget> SkippedTargets { get; }

    /// <summary>The targets that still have to run.</summary>
    IReadOnlyCollection<ExecutableTarget> ScheduledTargets { get; }

    /// <summary>The target that runs now.</summary>
    IReadOnlyCollection<ExecutableTarget> RunningTargets { get; }

    /// <summary>The targets that an interrupt ended.</summary>
    IReadOnlyCollection<ExecutableTarget> AbortedTargets { get; }

    /// <summary>The targets that failed.</summary>
    IReadOnlyCollection<ExecutableTarget> FailedTargets { get; }

    /// <summary>The targets that succeeded.</summary>
    IReadOnlyCollection<ExecutableTarget> SucceededTargets { get; }

    /// <summary>The targets that failed or succeeded.</summary>
    IReadOnlyCollection<ExecutableTarget> FinishedTargets { get; }

    /// <summary>Whether nothing failed so far.</summary>
    bool IsSucceeding { get; }

    /// <summary>Whether a target failed, was aborted or did not get its turn.</summary>
    bool IsFailing { get; }

    /// <summary>Whether no target is left to run.</summary>
    bool IsFinished { get; }

    /// <summary>The exit code; null gives 0 on success and -1, which a shell shows as 255, on failure.</summary>
    int? ExitCode { get; set; }

    /// <summary>Whether <c>--plan</c> was given.</summary>
    bool Plan { get; }

    /// <summary>Whether <c>--help</c> was given.</summary>
    bool Help { get; }

    /// <summary>Whether <c>--no-logo</c> was given.</summary>
    bool NoLogo { get; }

    /// <summary>Whether targets that succeeded in the previous attempt are skipped (<c>--continue</c>).</summary>
    bool Continue { get; }

    /// <summary>Whether the build runs on a developer's machine.</summary>
    bool IsLocalBuild { get; }

    /// <summary>Whether the build runs on a build server.</summary>
    bool IsServerBuild { get; }

    /// <summary>The directory that holds <c>.nuke</c>.</summary>
    AbsolutePath RootDirectory { get; }

    /// <summary>The directory for logs and temporary files, <c>.nuke/temp</c>.</summary>
    AbsolutePath TemporaryDirectory { get; }

    /// <summary>The assembly that runs.</summary>
    AbsolutePath? BuildAssemblyFile { get; }

    /// <summary>The directory of the assembly that runs.</summary>
    AbsolutePath? BuildAssemblyDirectory { get; }

    /// <summary>The directory of the build project.</summary>
    AbsolutePath? BuildProjectDirectory { get; }

    /// <summary>The build project: the nearest project file above the assembly.</summary>
    AbsolutePath? BuildProjectFile { get; }

    /// <summary>How much of the log reaches the console.</summary>
    Verbosity Verbosity { get; }

    /// <summary>Where the build runs.</summary>
    Host Host { get; }

    /// <summary>Puts notes on the running target into the summary.</summary>
    /// <param name="configurator">Fills the pairs of name and note; null removes all notes.</param>
    /// <exception cref="InvalidOperationException">No target is running.</exception>
    void ReportSummary(Configure<Dictionary<string, string>>? configurator = null);

    /// <summary>The value of a parameter that an interface declares, read when it is first asked for.</summary>
    /// <param name="parameterExpression">The parameter itself: <c>() =&gt; Name</c>.</param>
    /// <returns>The value, or null where none was given.</returns>
    T? TryGetValue<T>(Expression<Func<T>> parameterExpression)
        where T : class?;

    /// <summary>
    /// The value of a parameter of a value type: <c>TryGetValue&lt;int?&gt;(() =&gt; Count) ?? 7</c>.
    /// </summary>
    /// <param name="parameterExpression">The parameter itself: <c>() =&gt; Count</c>.</param>
    /// <returns>The value, or null where none was given.</returns>
    T? TryGetValue<T>(Expression<Func<object?>> parameterExpression);
}
