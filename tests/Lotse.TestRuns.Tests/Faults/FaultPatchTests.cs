using Lotse.TestRuns.Faults;

namespace Lotse.TestRuns.Tests.Faults;

public sealed class FaultPatchTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("lotse-faults-").FullName;
    private readonly string file;

    public FaultPatchTests()
    {
        Directory.CreateDirectory(Path.Combine(root, "src"));
        file = Path.Combine(root, "src", "A.cs");
        File.WriteAllText(file, "Drain();\nStop();\nStop();\n");
    }

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void A_fault_stands_in_the_file_until_it_is_taken_out()
    {
        using (FaultPatch.Apply(Fault(new("Drain();\nStop();", "Stop();"), new("Stop();\nStop();", "Stop();")), root))
        {
            Assert.Equal("Stop();\n", File.ReadAllText(file));
        }

        Assert.Equal("Drain();\nStop();\nStop();\n", File.ReadAllText(file));
    }

    [Theory]
    [InlineData("Wait();", "", "`Wait();` stands 0 times in src/A.cs")]
    [InlineData("Stop();", "", "`Stop();` stands 2 times in src/A.cs")]
    [InlineData("Drain();", "Drain();", "replaces `Drain();` in src/A.cs by itself")]
    public void A_text_that_does_not_stand_there_once_is_refused_and_nothing_changed(
        string search,
        string replace,
        string fact
    )
    {
        var wrong = Assert.Throws<FaultFileException>(() =>
            FaultPatch.Apply(Fault(new Replacement(search, replace)), root)
        );

        Assert.Contains(fact, Assert.Single(wrong.Problems));
        Assert.StartsWith("stop-too-early: ", wrong.Problems[0]);
        Assert.Equal("Drain();\nStop();\nStop();\n", File.ReadAllText(file));
    }

    [Fact]
    public void A_file_outside_of_the_product_is_refused()
    {
        var fault = Fault(new Replacement("Drain();", "")) with { File = "tests/A.cs" };

        var wrong = Assert.Throws<FaultFileException>(() => FaultPatch.Check([fault], root));

        Assert.Contains("there is no file tests/A.cs of the product", Assert.Single(wrong.Problems));
    }

    private static Fault Fault(params Replacement[] replacements) =>
        new()
        {
            Name = "stop-too-early",
            Wrong = "x",
            Breaks = "x",
            CaughtBy = [new TestSelection("Lotse.Planning.Tests", "")],
            File = "src/A.cs",
            Replacements = replacements,
        };
}
