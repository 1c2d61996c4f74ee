using System.Xml.Linq;

namespace Lotse.TestRuns.Faults;

/// <summary>What came of tests.</summary>
/// <param name="Passed">How many passed.</param>
/// <param name="Failed">The first that failed; null when none did.</param>
internal sealed record ProgramOutcome(int Passed, FailedTest? Failed)
{
    /// <summary>Reads the test program's report (xunit's XML, version 2); an error outside of any test is a failure as well.</summary>
    public static ProgramOutcome Of(XElement report)
    {
        var tests = report.Descendants("test").ToList();
        var failed = tests.Where(t => Is(t, "Fail")).Concat(report.Descendants("error"));
        return new ProgramOutcome(tests.Count(t => Is(t, "Pass")), failed.Select(Read).FirstOrDefault());
    }

    private static bool Is(XElement test, string result) => test.Attribute("result")?.Value == result;

    private static FailedTest Read(XElement test) =>
        new(
            test.Attribute("name")?.Value ?? "an error outside of the tests",
            test.Attribute("type") is { } type && test.Attribute("method") is { } method
                ? $"{type.Value}.{method.Value}"
                : null
        );
}

/// <summary>A test that failed.</summary>
/// <param name="Name">Its name, with its arguments.</param>
/// <param name="Method">Its class and method; null for what is no test: a fixture, a program that hung.</param>
internal sealed record FailedTest(string Name, string? Method);
