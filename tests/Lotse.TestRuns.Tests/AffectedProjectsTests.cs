namespace Lotse.TestRuns.Tests;

/// <summary>Which test projects a change touches, in this very repository.</summary>
public sealed class AffectedProjectsTests
{
    private static readonly AffectedProjects Projects = new(Repository.Root);

    [Theory]
    [InlineData("src/Lotse.Planning/Planners/Planner.cs", "Lotse.Planning.Tests", true)]
    [InlineData("src/Lotse.Planning/Planners/Planner.cs", "Lotse.Execution.Tests", true)]
    [InlineData("src/Lotse.Planning/Planners/Planner.cs", "Lotse.Servers.Tests", true)]
    [InlineData("src/Lotse.Planning/Planners/Planner.cs", "Lotse.Registry.Tests", false)]
    [InlineData("src/Lotse.Planning/Planners/Planner.cs", "Gocatest.Tests", false)]
    // Not by a reference: it is compiled when a test needs it.
    [InlineData("src/Lotse.Proxy/Program.cs", "Lotse.EndToEnd.Tests", true)]
    [InlineData("src/Lotse.Proxy/Program.cs", "Lotse.Configuration.Tests", false)]
    [InlineData("tests/Lotse.Registry.Tests/ServerTests.cs", "Lotse.Registry.Tests", true)]
    [InlineData("tests/Lotse.Registry.Tests/ServerTests.cs", "Lotse.Proxy.Tests", false)]
    [InlineData("config/deploy.yml", "Lotse.Configuration.Tests", true)]
    [InlineData("config/deploy.yml", "Lotse.Registry.Tests", false)]
    [InlineData("README.md", "Lotse.Registry.Tests", false)]
    public void A_change_touches_what_uses_it(string file, string project, bool isTouched) =>
        Assert.Equal(isTouched, Touched(file)!.Contains(project));

    [Theory]
    [InlineData("Directory.Build.props")]
    [InlineData("Directory.Packages.props")]
    [InlineData("global.json")]
    [InlineData("tests/Shared/AllOnlyAttribute.cs")]
    public void What_belongs_to_no_project_may_touch_every_one(string file) => Assert.Null(Touched(file));

    [Fact]
    public void Several_changes_add_up() =>
        Assert.Equal(
            ["Lotse.Planning.Tests", "Lotse.Registry.Tests"],
            Touched("tests/Lotse.Registry.Tests/ServerTests.cs", "tests/Lotse.Planning.Tests/PlannerTests.cs")!
                .Where(p => p.EndsWith(".Tests", StringComparison.Ordinal) && p != "Lotse.TestRuns.Tests")
                .Order()
        );

    private static HashSet<string>? Touched(params string[] files) =>
        Projects.Of(files) is { } touched ? [.. touched.Select(f => Path.GetFileNameWithoutExtension(f)!)] : null;
}
