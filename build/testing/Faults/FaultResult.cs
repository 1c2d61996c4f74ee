using System.Globalization;

namespace Lotse.TestRuns.Faults;

/// <summary>What became of a fault.</summary>
/// <param name="Fault">The fault.</param>
/// <param name="CaughtBy">The test that failed because of it; null when none did.</param>
/// <param name="Took">How long it took to compile it and to run tests until then.</param>
public sealed record FaultResult(Fault Fault, string? CaughtBy, TimeSpan Took)
{
    /// <summary>Why it could not be tried out; null when it was.</summary>
    public string? Unusable { get; init; }

    /// <summary>A line for each fault, in columns, and one that counts them.</summary>
    /// <param name="results">What became of the faults.</param>
    public static IEnumerable<string> Table(IReadOnlyCollection<FaultResult> results)
    {
        var width = results.Max(r => r.Fault.Name.Length);
        foreach (var result in results)
        {
            var seconds = result.Took.TotalSeconds.ToString("0", CultureInfo.InvariantCulture);
            yield return $"{result.Fault.Name.PadRight(width)}  {seconds, 4} s  {result.Found}";
        }

        yield return $"{results.Count(r => r.CaughtBy is not null)} of {results.Count} faults were caught";
    }

    /// <summary>What was found, in words.</summary>
    public string Found =>
        this switch
        {
            { Unusable: { } why } => $"NOT TRIED: {why}",
            { CaughtBy: null } => "NOT CAUGHT",
            { Fault.OnlyInAll: not null } => $"caught in the large run by {CaughtBy}",
            _ => $"caught by {CaughtBy}",
        };
}
