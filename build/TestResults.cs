using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Xml.Linq;
using Serilog;

/// <summary>Adds up the reports of the test programs (xunit's XML, version 2) and says what failed and what was skipped, and why.</summary>
sealed class TestResults
{
    private readonly List<XElement> tests = [];

    public void Add(XElement report)
    {
        var ran = report.Descendants("test").ToList();
        var name = report.Element("assembly")?.Attribute("name")?.Value ?? "";
        tests.AddRange(ran);
        // Errors outside of any test (a fixture's clean-up) count as failures too.
        tests.AddRange(
            report
                .Descendants("error")
                .Select(e => new XElement(
                    "test",
                    new XAttribute("name", e.Attribute("name")?.Value ?? name),
                    new XAttribute("result", "Fail"),
                    e.Element("failure")
                ))
        );
        Log.Information(
            "{Name}: {Passed} passed, {Failed} failed, {Skipped} skipped in {Seconds} s",
            System.IO.Path.GetFileNameWithoutExtension(name),
            Count(ran, "Pass"),
            Count(ran, "Fail"),
            Count(ran, "Skip"),
            report.Element("assembly")?.Attribute("time")?.Value ?? "?"
        );
    }

    public void Report()
    {
        foreach (var skipped in tests.Where(t => Is(t, "Skip")))
        {
            Log.Warning(
                "Skipped: {Name}: {Reason}",
                skipped.Attribute("name")?.Value,
                skipped.Element("reason")?.Value.Trim()
            );
        }

        foreach (var failed in tests.Where(t => Is(t, "Fail")))
        {
            Log.Error(
                "Failed: {Name}\n{Message}\n{Trace}\n{Output}",
                failed.Attribute("name")?.Value,
                failed.Element("failure")?.Element("message")?.Value.Trim(),
                failed.Element("failure")?.Element("stack-trace")?.Value.Trim(),
                failed.Element("output")?.Value.Trim()
            );
        }

        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"{Count(tests, "Pass")} passed, {Count(tests, "Fail")} failed, {Count(tests, "Skip")} skipped"
        );
        // Alone on the last line, after all that NUKE itself prints: what reads the output looks there.
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Console.WriteLine(line);
        if (Count(tests, "Fail") > 0 || Count(tests, "Pass") == 0)
        {
            throw new InvalidOperationException($"Tests failed: {line}");
        }
    }

    private static bool Is(XElement test, string result) => test.Attribute("result")?.Value == result;

    private static int Count(IEnumerable<XElement> tests, string result) => tests.Count(t => Is(t, result));
}
