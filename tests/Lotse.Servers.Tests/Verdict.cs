using System.Globalization;

namespace Lotse.Servers.Tests;

/// <summary>What the benchmark requires of distance: ratios within one run, and nothing in seconds.</summary>
internal static class Verdict
{
    /// <summary>How many round trips more a deploy of changed code to a far server may cost.</summary>
    public const double MostTrips = 12;

    /// <summary>How many times as long eight far servers may take as one, apart from what they compute.</summary>
    public const double MostTimes = 1.5;

    /// <summary>Tells a line of the benchmark's, marked, so that it is told from what else tests print.</summary>
    public static void Say(string line) => TestContext.Current.TestOutputHelper?.WriteLine($"| {line}");

    /// <summary>Says whether a bound is met; fails when it is not.</summary>
    public static void Require(string what, double measured, double most)
    {
        var isMet = measured <= most;
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"At most {most} {what}: {measured:0.00}, {(isMet ? "met" : "not met")}"
        );
        Say(line);
        Assert.True(isMet, line);
    }
}
