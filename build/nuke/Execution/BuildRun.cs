using System.Linq.Expressions;
using System.Reflection;
using Nuke.Common.Output;
using Nuke.Common.Parameters;
using Serilog;

namespace Nuke.Common.Execution;

/// <summary>One run of a build, from the command line to the exit code.</summary>
internal sealed class BuildRun(BuildContext context, BuildConsole console)
{
    // A shell shows it as 255.
    private const int Failure = -1;

    private int isFinished;

    public static int Execute<T>(BuildContext context, Expression<Func<T, Target>>[] defaultTargets)
        where T : NukeBuild, new()
    {
        using var entered = BuildContext.Enter(context);
        var console = new BuildConsole(context);
        try
        {
            using var logging = Logging.Start(context, console);
            return new BuildRun(context, console).Execute(defaultTargets);
        }
        catch (BuildException exception)
        {
            console.Error(exception.Message);
            return Failure;
        }
    }

    private int Execute<T>(Expression<Func<T, Target>>[] defaultTargets)
        where T : NukeBuild, new()
    {
        NukeBuild? build = null;
        try
        {
            var created = new T();
            build = created;
            return Run(created, defaultTargets);
        }
        catch (Exception exception)
        {
            Explain(exception);
            return build?.ExitCode ?? Failure;
        }
    }

    private int Run<T>(T build, Expression<Func<T, Target>>[] defaultTargets)
        where T : NukeBuild
    {
        var targets = TargetGraph.Create(build, defaultTargets);
        var parameters = ParameterMember.AllOf(build.GetType());
        context.Injection.Inject(build, parameters);
        new BuildFiles(context).Write(build, targets, parameters);
        build.OnBuildCreated();

        if (!build.NoLogo)
            console.Line("NUKE Execution Engine (the subset in build/nuke)\n");

        build.ExecutionPlan = ExecutionPlanner.Plan(targets, Names(ParameterSource.Targets));
        if (build.Plan)
        {
            PlanPage.Show(context, console, targets, build.ExecutionPlan);
            return 0;
        }

        if (build.Help || build.ExecutionPlan.Count == 0)
        {
            console.Line(HelpText.Of(targets, parameters));
            return 0;
        }

        return RunPlan(build, parameters);
    }

    private int RunPlan(NukeBuild build, IReadOnlyList<ParameterMember> parameters)
    {
        var skipRules = new SkipRules(build.ExecutionPlan);
        var executor = new BuildExecutor(build, skipRules, console.Block, context.Time);
        foreach (var target in build.ExecutionPlan)
            target.Status = ExecutionStatus.Scheduled;

        using var interrupts = context.OnInterrupt?.Invoke(() =>
        {
            executor.RunAssured();
            Finish(build);
        });
        try
        {
            build.OnBuildInitialized();
            skipRules.SkipByName(Names(ParameterSource.SkippedTargets));
            skipRules.SkipByStaticConditions();
            Requirements.Check(build, parameters);
            executor.Run(new(context.TemporaryDirectory / "build-attempt.log", build.ExecutionPlan, build.Continue));
        }
        catch (Exception exception)
        {
            Explain(exception);
            build.ExitCode ??= Failure;
        }

        build.ExitCode ??= build.IsSucceeding ? 0 : Failure;
        Finish(build);
        return build.ExitCode.Value;
    }

    private void Finish(NukeBuild build)
    {
        if (Interlocked.Exchange(ref isFinished, 1) == 1)
            return;

        foreach (var target in build.RunningTargets)
        {
            target.Duration = context.Time.GetElapsedTime(target.StartedAt);
            target.Status = ExecutionStatus.Aborted;
        }

        foreach (var target in build.ScheduledTargets)
            target.Status = ExecutionStatus.NotRun;

        new Summary(console, build.ExecutionPlan).Write(build.IsSucceeding, context.Time.GetLocalNow());
        build.OnBuildFinished();
    }

    private string[]? Names(string parameter) =>
        (string[]?)context.Parameters.ReadCall(parameter, typeof(string[]), separator: "+");

    private void Explain(Exception exception)
    {
        if (exception is TargetFailedException)
            return;

        var cause = Unwrap(exception);
        console.Fail(cause.Message);
        if (cause is not BuildException)
            Log.Verbose(cause, "The exception was thrown outside of any target");
    }

    private static Exception Unwrap(Exception exception) =>
        exception is TargetInvocationException or TypeInitializationException && exception.InnerException is { } inner
            ? Unwrap(inner)
            : exception;
}
