using System.Collections.Concurrent;
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
        var small = left.Count == 0 ? [] : await ListSmallRunAsync();
        Assert.Equal([], left.Where(test => !IsRepresented(test, small)).Select(test => test.DisplayName));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task What_is_explicit_is_a_measurement_or_a_trial(string project)
    {
        var explicitly = (await ListAsync(project)).Where(test => test.Explicit);

        Assert.All(
            explicitly,
            test =>
                Assert.True(test.Class.EndsWith("Measures", StringComparison.Ordinal) || Trials.Contains(test.Class))
        );
    }

    private static readonly string[] Trials = [typeof(TrialTests).FullName!, typeof(TrialOfHanging).FullName!];

    /// <summary>
    /// By another row of the same theory, or by the test that the mark names first: <c>Class.Method: why</c>, also <c>Class: why</c> or <c>Class of Project: why</c>.
    /// The method's name may be cut short by an ellipsis.
    /// </summary>
    private static bool IsRepresented(Case test, IReadOnlyList<Case> small)
    {
        if (small.Any(c => c.Class == test.Class && c.Method == test.Method))
        {
            return true;
        }

        var name = Reason(test).Split([":", " of ", "…"], StringSplitOptions.None)[0];
        return small.Any(c => $"{c.Class}.{c.Method}".Contains($".{name}", StringComparison.Ordinal));
    }

    /// <summary>All tests of the small run, of all projects that are compiled.</summary>
    private static async Task<IReadOnlyList<Case>> ListSmallRunAsync()
    {
        var all = await Task.WhenAll(Names.Select(row => ListAsync(row.Data)));
        return [.. all.SelectMany(c => c).Where(c => !c.Traits.ContainsKey(Run) && !c.Explicit)];
    }

    private static string Reason(Case test) => test.Traits.GetValueOrDefault(RepresentedBy, [""])[0];

    /// <summary>All tests of a project, each row of a theory by itself.</summary>
    private static Task<IReadOnlyList<Case>> ListAsync(string name) =>
        Listed.GetOrAdd(name, n => new(() => ReadAsync(n))).Value;

    private static readonly ConcurrentDictionary<string, Lazy<Task<IReadOnlyList<Case>>>> Listed = new();

    private static async Task<IReadOnlyList<Case>> ReadAsync(string name)
    {
        var project = TestProject.Find(Path.Combine(Repository.Root, "tests")).Single(p => p.Name == name);
        Assert.SkipUnless(File.Exists(project.Assembly), $"{name} is not compiled: ./build.sh Compile does that.");
        string[] arguments = [project.Assembly, "-noLogo", "-noColor", "-preEnumerateTheories", "-list", "full/json"];
        var info = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true };
        using var process = Process.Start(info)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        var json = output[output.IndexOf('[', StringComparison.Ordinal)..];
        return JsonSerializer.Deserialize<List<Case>>(json)!;
    }

    private sealed record Case(string DisplayName, string Class, string Method, bool Explicit)
    {
        /// <summary>Left out where there is none.</summary>
        public Dictionary<string, IReadOnlyList<string>> Traits { get; init; } = [];
    }
}
