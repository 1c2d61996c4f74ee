namespace Lotse.Configuration.Tests;

/// <summary>Files that are no YAML: one plain sentence at the place where the person went wrong.</summary>
public sealed class SyntaxTests
{
    /// <summary>Files that are no YAML.</summary>
    public static IEnumerable<TheoryDataRow<string, string>> Broken => Table.Read("syntax");

    /// <summary>Lines that are YAML, but not of a configuration.</summary>
    public static IEnumerable<TheoryDataRow<string, string>> Odd => Table.Read("odd");

    [Theory]
    [MemberData(nameof(Broken))]
    public void BrokenYamlIsExplainedWhereItBegins(string text, string expected) =>
        Assert.Equal(["config/deploy.yml:" + expected], Project.Problems(text));

    [Theory]
    [MemberData(nameof(Odd))]
    public void OddYamlIsReportedBesideTheRest(string lines, string expected) =>
        Assert.Contains(
            "config/deploy.yml:" + expected,
            Project.Problems("service: shop\nservers:\n  - local\n" + lines)
        );

    [Fact]
    public void EmbeddedRubyIsReportedOnEveryLineWithAWayOut()
    {
        var problems = Project.Problems("service: <%= name %>\nimage: a # <%= a comment %>\nservers: [<% x %>]\n");

        const string Text =
            "embedded Ruby (<% … %>) is not supported. Write the value itself; put what differs between destinations "
            + "into config/deploy.<destination>.yml, and what comes from the environment or from a command into "
            + ".kamal/secrets, as NAME=$NAME or NAME=$(command).";
        Assert.Equal([$"config/deploy.yml:1:10: {Text}", $"config/deploy.yml:3:11: {Text}"], problems);
    }

    [Fact]
    public void NestingHasAnEnd()
    {
        var problem = Assert.Single(Project.Problems(new string('[', 5000)));

        Assert.StartsWith("config/deploy.yml:1:", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void AnchorsAndMergeKeysAreFilledIn()
    {
        var config = Project.Config(
            """
            service: shop
            servers: [local]
            x-base: &base
              A: from base
              B: from base
            x-more: &more
              B: from more
              C: from more
            env:
              clear:
                <<: [*base, *more]
                A: own
            labels: *base
            """
        );

        Assert.Equal(
            [new("A", "own"), new("B", "from base"), new ClearVariable("C", "from more")],
            config.Env.Clear.OrderBy(v => v.Name)
        );
        Assert.Equal("from base", config.Labels["B"]);
        Assert.Equal(["x-base", "x-more"], config.Extensions);
    }

    [Fact]
    public void AMergeKeyBelowAKeyThatItAlsoHasIsAWarning()
    {
        using var project = new Project(
            "service: shop\nservers: [local]\nx-a: &a {A: merged}\nenv:\n  A: own\n  <<: *a\n"
        );

        var result = project.Read();

        Assert.Equal([new ClearVariable("A", "own")], result.Config!.Env.Clear);
        Assert.Equal(
            [
                "config/deploy.yml:6:3 <<: the merged map also has A, which stands above: the value above wins here, "
                    + "under Kamal it would not. Put << first in its map to make the order clear.",
            ],
            result.Problems.Select(p => p.ToString())
        );
        Assert.Equal(Severity.Warning, result.Problems[0].Severity);
    }
}
