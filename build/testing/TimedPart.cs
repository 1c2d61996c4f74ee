namespace Lotse.TestRuns;

/// <summary>Something that took time in a project: a test, or the fixtures of a class.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Time">How long it took.</param>
/// <param name="Waits">What it waited for meanwhile, as far as it tells.</param>
public sealed record TimedPart(string Name, TimeSpan Time, IReadOnlyDictionary<string, TimeSpan> Waits);
