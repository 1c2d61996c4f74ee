using Lotse.TestRuns.Faults;

namespace Lotse.TestRuns.Tests.Faults;

/// <summary>The faults of tests/faults, without trying them out: that costs minutes, and <c>./build.sh TestFaults</c> does it.</summary>
public sealed class RepositoryFaultTests
{
    [Fact]
    public void Every_fault_fits_the_sources_of_today()
    {
        var faults = FaultFile.ReadAll(Repository.Root);

        Assert.Null(Record.Exception(() => FaultPatch.Check(faults, Repository.Root)));
        Assert.True(
            faults.Count >= 20,
            $"There are {faults.Count} faults; the small test run is measured by 20 at least."
        );
    }

    [Fact]
    public void Every_fault_names_test_projects_that_there_are()
    {
        var unknown =
            from fault in FaultFile.ReadAll(Repository.Root)
            from tests in fault.CaughtBy
            where !File.Exists(Path.Combine(Repository.Root, "tests", tests.Project, tests.Project + ".csproj"))
            select $"{fault.Name}: {tests.Project}";

        Assert.Empty(unknown);
    }
}
