namespace Lotse.TestRuns;

/// <summary>How test programs are run.</summary>
public sealed record TestRunOptions
{
    /// <summary>Whether the matrices run as well, and not only every promise once.</summary>
    public bool All { get; init; }

    /// <summary>How much longer a test may run before it counts as hanging where <see cref="All"/> is set: real limits pass there.</summary>
    public double AllFactor { get; init; } = 4;

    /// <summary>How long a program may be silent while none of its tests runs: its fixtures may make images then. Default 10 minutes.</summary>
    public TimeSpan SilenceLimit { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Further arguments for each program.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Takes the stacks of a process, by its id.</summary>
    public Func<int, Task<string>> TakeStacks { get; init; } = _ => Task.FromResult("");
}
