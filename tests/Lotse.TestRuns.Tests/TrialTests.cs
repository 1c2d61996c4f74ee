namespace Lotse.TestRuns.Tests;

/// <summary>Tests that a run is tried with: each ends in its own way. Explicit, so that only <see cref="Trial"/> runs them.</summary>
public sealed class TrialTests(ITestOutputHelper output, TrialTests.Fixture fixture) : IClassFixture<TrialTests.Fixture>
{
    [Fact(Explicit = true)]
    public void Passes() => output.WriteLine("[waited] 1.500 s: server boot");

    [Fact(Explicit = true)]
    public void Fails()
    {
        output.WriteLine("what it saw");
        Assert.Equal("expected this", fixture.Name);
    }

    [Fact(Explicit = true)]
    public void Skips() => Assert.Skip("there is no such thing here");

    [Fact(Explicit = true)]
    public void Ends_the_program() => Environment.FailFast("its last words");

    public sealed class Fixture : IDisposable
    {
        public Fixture() => TestContext.Current.SendDiagnosticMessage("{0}", "[waited] 2.500 s: image build");

        public string Name => "found that";

        public void Dispose()
        {
            if (Environment.GetEnvironmentVariable(Trial.BrokenFixture) is not null)
            {
                throw new InvalidOperationException("the clean-up failed");
            }
        }
    }
}
