using System.Xml.Linq;
using Lotse.TestRuns.Faults;

namespace Lotse.TestRuns.Tests.Faults;

public sealed class ProgramOutcomeTests
{
    [Fact]
    public void The_first_test_that_failed_is_named()
    {
        var outcome = Read(
            """<test name="A" result="Pass" /><test name="T.B(1)" type="T" method="B" result="Fail" /><test name="C" result="Fail" />"""
        );

        Assert.Equal(new ProgramOutcome(1, new FailedTest("T.B(1)", "T.B")), outcome);
    }

    [Fact]
    public void Tests_that_were_skipped_find_nothing() =>
        Assert.Equal(
            new ProgramOutcome(1, null),
            Read("""<test name="A" result="Pass" /><test name="B" result="Skip" />""")
        );

    [Fact]
    public void An_error_outside_of_any_test_is_a_failure() =>
        Assert.Equal(
            new ProgramOutcome(0, new FailedTest("fixture", null)),
            Read("""<errors><error name="fixture" /></errors>""")
        );

    private static ProgramOutcome Read(string inside) =>
        ProgramOutcome.Of(XElement.Parse($"<assemblies><assembly>{inside}</assembly></assemblies>"));
}
