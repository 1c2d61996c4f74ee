namespace Lotse.Configuration.Tests;

/// <summary>Files that are no YAML: one plain sentence at the place where the person went wrong.</summary>
public sealed class SyntaxTests
{
    [Theory]
    [InlineData("a:\n\tb: 1", "2:1: a tab is used for indentation. Indent with spaces.")]
    [InlineData("a: 1\n\tb: 1", "2:1: a tab is used for indentation. Indent with spaces.")]
    [InlineData("a:\n  b: 1\n  \tc: 1\n", "3:3: a tab is used for indentation. Indent with spaces.")]
    [InlineData(
        "a:\n  b: 1\n c: 2",
        "3:2: this line's indentation matches no line above. Indent it exactly like the lines it belongs to."
    )]
    [InlineData(
        "a:\n  b: 1\n   c: 2",
        "3:4: this line is indented deeper than the one above, which has a value already. Give both lines the same indentation."
    )]
    [InlineData("a: 'x\nb: 2", "1:4: the quote ' that begins here is not closed. Add ' at the end of the value.")]
    [InlineData(
        "a: \"x\nb: 2\nc: 3",
        "1:4: the quote \" that begins here is not closed. Add \" at the end of the value."
    )]
    [InlineData(
        "a: \"\\q\"",
        "1:4: a backslash in this quoted text begins no known escape. Write two backslashes, or use single quotes."
    )]
    [InlineData(
        "a: 'it's'",
        "1:8: text follows the closing quote. Put the whole value in double quotes, or write '' for a single quote inside."
    )]
    [InlineData(
        "key: \"a\" b",
        "1:10: text follows the closing quote. Put the whole value in double quotes, or write '' for a single quote inside."
    )]
    [InlineData("a: b: c", "1:5: there is a second \": \" in this line. Put the whole value in double quotes.")]
    [InlineData("a: @x", "1:4: a value cannot begin with @. Put the whole value in double quotes.")]
    [InlineData("a: `x`", "1:4: a value cannot begin with `. Put the whole value in double quotes.")]
    [InlineData("a: %x", "1:4: a value cannot begin with %. Put the whole value in double quotes.")]
    [InlineData("a: - b", "1:4: a value cannot begin with -. Put the whole value in double quotes.")]
    [InlineData("a: >x", "1:4: a value cannot begin with >. Put the whole value in double quotes.")]
    [InlineData("a: [1, 2\nb: 3", "1:4: the bracket that begins here is not closed. Add the closing bracket.")]
    [InlineData("a: {x: 1\nb: 2", "1:4: the bracket that begins here is not closed. Add the closing bracket.")]
    [InlineData("a:1\nb: 2", "1:2: a space is missing after the colon. Write \"name: value\".")]
    [InlineData("a: 1\nb", "2:1: this line has no colon. Write \"name: value\".")]
    [InlineData(
        "- a\nb: 2",
        "2:1: list entries and keys are mixed. Use either \"- value\" lines or \"name: value\" lines at one level."
    )]
    [InlineData(
        "a: 1\n- b",
        "2:1: list entries and keys are mixed. Use either \"- value\" lines or \"name: value\" lines at one level."
    )]
    [InlineData("just text", "1:1: expected a map, found a text. Write \"name: value\" lines, like service: shop.")]
    [InlineData("- a\n- b", "1:1: expected a map, found a list. Write \"name: value\" lines, like service: shop.")]
    public void BrokenYamlIsExplainedWhereItBegins(string text, string expected) =>
        Assert.Equal(["config/deploy.yml:" + expected], Project.Problems(text));

    [Theory]
    [InlineData(
        "image: a\nimage: b",
        "5:1 image: the key stands here for the second time, the first is in line 4. Remove one of the two."
    )]
    [InlineData(
        "image: *nope",
        "4:8: the alias *nope has no anchor above it. Define &nope earlier in this file, or put the value in quotes if it is "
            + "meant as text."
    )]
    [InlineData(
        "x-a: &x [*x]",
        "4:10: the alias *x has no anchor above it. Define &x earlier in this file, or put the "
            + "value in quotes if it is meant as text."
    )]
    [InlineData("image: !foo a", "4:8: the tag !foo is not supported. Remove it and write the value itself.")]
    [InlineData("x-a:\n  [a, b]: c", "5:3: a key must be a text, found a list. Write a name.")]
    [InlineData(
        "<<: 3",
        "4:1 <<: expected an alias of a map, found a number. Write <<: *name, where &name marks a map above."
    )]
    [InlineData(
        "---\nimage: a",
        "5:1: a second document begins here. Remove the line '---' above it: a configuration file is one document."
    )]
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
            "embedded Ruby (<% … %>) is not supported. Write the value itself; put what differs between destinations into "
            + "config/deploy.<destination>.yml, and what comes from the environment or from a command into .kamal/secrets, as "
            + "NAME=$NAME or NAME=$(command).";
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
                "config/deploy.yml:6:3 <<: the merged map also has A, which stands above: the value above wins here, under Kamal "
                    + "it would not. Put << first in its map to make the order clear.",
            ],
            result.Problems.Select(p => p.ToString())
        );
        Assert.Equal(Severity.Warning, result.Problems[0].Severity);
    }
}
