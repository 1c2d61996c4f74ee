using Lotse.TestRuns.Faults;

namespace Lotse.TestRuns.Tests.Faults;

public sealed class FaultFileTests
{
    private const string Text = """
        wrong: The old container is stopped
          too early.
        breaks: Requests finish.
        caught by: Lotse.Planning.Tests
        caught by: Lotse.EndToEnd.Tests -method *Drain*
        file: src/A.cs
        --- search
            Drain();
            Stop();
        --- replace
            Stop();
        ---
        --- search
        using Drains;
        --- replace
        ---
        """;

    [Fact]
    public void A_file_says_what_is_wrong_who_finds_it_and_what_is_replaced()
    {
        var fault = FaultFile.Parse("stop-too-early", Text);

        Assert.Equal("stop-too-early", fault.Name);
        Assert.Equal("The old container is stopped too early.", fault.Wrong);
        Assert.Equal("Requests finish.", fault.Breaks);
        Assert.Equal(
            [new TestSelection("Lotse.Planning.Tests", ""), new("Lotse.EndToEnd.Tests", "-method *Drain*")],
            fault.CaughtBy
        );
        Assert.Null(fault.OnlyInAll);
        Assert.Equal("src/A.cs", fault.File);
        Assert.Equal(
            [new Replacement("    Drain();\n    Stop();", "    Stop();"), new("using Drains;", "")],
            fault.Replacements
        );
    }

    [Fact]
    public void A_fault_may_be_for_the_large_run_with_a_reason() =>
        Assert.Equal(
            "it takes 30 s",
            FaultFile.Parse("x", Text.Replace("file:", "only in all: it takes 30 s\nfile:")).OnlyInAll
        );

    [Theory]
    [InlineData("wrong:", "worng:", "`worng: The old container is stopped` does not begin with one of")]
    [InlineData("breaks: Requests finish.\n", "", "`breaks:` must be there, and only once")]
    [InlineData("breaks: Requests finish.", "breaks:", "`breaks:` has no text")]
    [InlineData("file: src/A.cs", "file: src/A.cs\nfile: src/B.cs", "`file:` must be there, and only once")]
    [InlineData("caught by:", "only in all:", "`caught by:` is missing")]
    [InlineData("---", "", "there is nothing to replace")]
    [InlineData("--- replace", "--- with", "a replacement is a line `--- search`")]
    [InlineData("\n---\n", "\n", "a replacement is a line `--- search`")]
    public void A_file_without_the_form_is_refused_by_name(string old, string fresh, string fact)
    {
        var wrong = Assert.Throws<FaultFileException>(() =>
            FaultFile.Parse("stop-too-early", Text.Replace(old, fresh))
        );

        Assert.Contains(fact, Assert.Single(wrong.Problems));
        Assert.Contains("stop-too-early.fault", wrong.Message);
    }
}
