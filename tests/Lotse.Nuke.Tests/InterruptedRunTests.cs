using Lotse.Nuke.Deployments;

namespace Lotse.Nuke.Tests;

public sealed class InterruptedRunTests
{
    [Theory]
    [InlineData(true, "v2", "v2 serves")]
    [InlineData(true, null, "what served before serves on")]
    [InlineData(false, null, "Interrupted.")]
    public void It_claims_what_is_known_and_no_more(bool isDeploy, string? serving, string claim)
    {
        var message = InterruptedRun.Explain(isDeploy, serving).Message;

        Assert.Contains(claim, message, StringComparison.Ordinal);
        Assert.DoesNotContain(" lease", message, StringComparison.Ordinal);
        Assert.DoesNotContain("taken back", message, StringComparison.Ordinal);
    }
}
