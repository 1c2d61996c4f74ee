using System.Diagnostics;
using System.Text.Json;

namespace Lotse.TestRuns.Tests;

/// <summary>
/// Which tests belong to which run. Every test belongs to the large one; what the small one leaves out says what stands for it there. Nothing is in neither: what is
/// explicit is a measurement, or a trial of the test run itself.
/// </summary>
public sealed class SizeTests
{
    private const string Run = "run";
    private const string All = "all";
    private const string RepresentedBy = "represented by";

    public static TheoryData<string> Names =>
        [.. TestProject.Find(Path.Combine(Repository.Root, "tests")).Select(p => p.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task What_only_the_large_run_has_is_represented_in_the_small_one(string project)
    {
        var cases = await ListAsync(project);

        Assert.NotEmpty(cases);
        Assert.All(
            cases,
            test =>
            {
                Assert.Equal([], test.Traits.Keys.Except([Run, RepresentedBy]));
                Assert.All(test.Traits.GetValueOrDefault(Run, []), value => Assert.Equal(All, value));
            }
        );
        var left = cases.Where(test => test.Traits.ContainsKey(Run)).ToList();
        Assert.All(left, test => Assert.True(Reason(test).Length >= 20, $"{test.DisplayName} says no representative."));
        Assert.Equal([], left.Where(test => !IsRepresented(test, cases)).Select(test => test.DisplayName));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task What_is_explicit_is_a_measurement_or_a_trial(string project)
    {
        var explicitly = (await ListAsync(project)).Where(test => test.Explicit);

        Assert.All(
            explicitly,
            test => Assert.True(test.Class.EndsWith("Measures", StringComparison.Ordinal) || test.Class == Trials)
        );
    }

    private static readonly string Trials = typeof(TrialTests).FullName!;

    /// <summary>By another row of the same theory, or by the test that the mark names first: Class or Class.Method.</summary>
    private static bool IsRepresented(Case test, IReadOnlyList<Case> cases)
    {
        var small = cases.Where(c => !c.Traits.ContainsKey(Run) && !c.Explicit).ToList();
        if (small.Exists(c => c.Class == test.Class && c.Method == test.Method))
        {
            return true;
        }

        var name = Reason(test).Split(':')[0];
        return small.Exists(c => $"{c.Class}.{c.Method}".Contains($".{name}", StringComparison.Ordinal));
    }

    private static string Reason(Case test) => test.Traits.GetValueOrDefault(RepresentedBy, [""])[0];

    /// <summary>All tests of a project, each row of a theory by itself.</summary>
    private static async Task<IReadOnlyList<Case>> ListAsync(string name)
    {
        var project = TestProject.Find(Path.Combine(Repository.Root, "tests")).Single(p => p.Name == name);
        Assert.SkipUnless(File.Exists(project.Assembly), $"{name} is not compiled: ./build.sh Compile does that.");
        string[] arguments = [project.Assembly, "-noLogo", "-noColor", "-preEnumerateTheories", "-list", "full/json"];
        var info = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true };
        using var process = Process.Start(info)!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        var json = output[output.IndexOf('[', StringComparison.Ordinal)..];
        return JsonSerializer.Deserialize<List<Case>>(json)!;
    }

    private sealed record Case(
        string DisplayName,
        string Class,
        string Method,
        bool Explicit,
        Dictionary<string, IReadOnlyList<string>> Traits
    );
}
