namespace Lotse.TestRuns;

/// <summary>
/// Runs projects side by side, as many as the machine carries by their measured weights. One that takes long is always under way, so that the longest does not
/// come last; beside it the quick ones go first, because what is quick to fail should fail early.
/// </summary>
/// <param name="capacity">The sum of weights that may run at once; a single project may exceed it.</param>
public sealed class Schedule(double capacity)
{
    /// <summary>Projects of so many seconds take long.</summary>
    private const int Long = 60;

    /// <summary>What a machine carries: half as much again as it has cores, because tests of real things also wait.</summary>
    public static Schedule ForMachine(int cores) => new(cores * 1.5);

    /// <summary>Runs all; no project begins once it is cancelled.</summary>
    public async Task RunAsync(
        IEnumerable<TestProject> projects,
        Func<TestProject, Task> run,
        CancellationToken cancellation
    )
    {
        var waiting = projects.OrderBy(p => p.Seconds).ToList();
        var running = new Dictionary<Task, TestProject>();
        while (running.Count > 0 || (waiting.Count > 0 && !cancellation.IsCancellationRequested))
        {
            while (!cancellation.IsCancellationRequested && Next(waiting, running.Values) is { } next)
            {
                waiting.Remove(next);
                running.Add(run(next), next);
            }

            var ended = await Task.WhenAny(running.Keys);
            running.Remove(ended);
            await ended;
        }
    }

    /// <summary>The project to begin now; null when nothing fits, or nothing waits.</summary>
    internal TestProject? Next(IReadOnlyList<TestProject> waiting, IReadOnlyCollection<TestProject> running)
    {
        var free = capacity - running.Sum(p => p.Weight);
        var fitting = waiting.Where(p => running.Count == 0 || p.Weight <= free).ToList();
        var isLongUnderWay = running.Any(p => p.Seconds >= Long);
        return isLongUnderWay ? fitting.FirstOrDefault() : fitting.LastOrDefault();
    }
}
