using Nuke.Common.IO;
using Serilog;

namespace Nuke.Common.Execution;

/// <summary>Remembers which targets succeeded, so that <c>--continue</c> can leave them out next time.</summary>
internal sealed class BuildAttempt
{
    private readonly AbsolutePath file;
    private readonly HashSet<string> succeeded;

    /// <summary>Starts an attempt.</summary>
    /// <param name="file">The file that the attempt is kept in.</param>
    /// <param name="plan">The targets of this run; another plan starts anew.</param>
    /// <param name="resume">Whether the previous attempt is continued.</param>
    public BuildAttempt(AbsolutePath file, IEnumerable<ExecutableTarget> plan, bool resume)
    {
        this.file = file;
        var invocation = string.Join('+', plan.Select(x => x.Name));
        succeeded = resume ? Previous(invocation) : [];
        Note(() => File.WriteAllLines(file, [invocation, .. succeeded]));
    }

    public bool HasSucceeded(ExecutableTarget target) => succeeded.Contains(target.Name);

    public void Succeeded(ExecutableTarget target) => Note(() => File.AppendAllLines(file, [target.Name]));

    // Another build may be writing its own attempt; that is no reason to fail.
    private static void Note(Action write)
    {
        try
        {
            write();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.Verbose(exception, "What succeeded is not noted for --continue");
        }
    }

    private HashSet<string> Previous(string invocation)
    {
        var lines = File.Exists(file) ? File.ReadAllLines(file) : [];
        if (lines.FirstOrDefault() == invocation)
            return [.. lines.Skip(1)];

        Log.Warning("There is no earlier attempt of these targets to continue. Starting anew");
        return [];
    }
}
