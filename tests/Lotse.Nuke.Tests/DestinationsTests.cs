using Lotse.Execution;
using Lotse.Nuke.Deployments;

namespace Lotse.Nuke.Tests;

public sealed class DestinationsTests
{
    private static readonly string[] Overlays = ["local", "staging", "production"];

    [Theory]
    [InlineData("DeployStaging", null, "staging")]
    [InlineData("DeployStaging", "staging", "staging")]
    [InlineData("Status DeployStaging", null, "staging")]
    [InlineData("Deploy", "production", "production")]
    [InlineData("Rollback", "staging", "staging")]
    [InlineData("Rollback", null, "local")]
    [InlineData("Deploy", null, "local")]
    // No overlay is named so: a target of the user's own.
    [InlineData("DeployDocs", "staging", "staging")]
    [InlineData("DeployDocs DeployStaging", null, "staging")]
    // The overlay is missed, which reading the configuration reports.
    [InlineData("DeployCanary", null, "canary")]
    public void It_is_what_target_and_parameter_name(string targets, string? given, string name) =>
        Assert.Equal(name, Choose(targets, given));

    [Fact]
    public void Where_there_is_no_local_one_nothing_is_chosen() =>
        Assert.Null(Destinations.Choose(["Status"], null, _ => false));

    [Theory]
    [InlineData(
        "DeployStaging",
        "production",
        "DeployStaging goes to staging, and the destination that is given is production."
    )]
    [InlineData(
        "DeployStaging DeployProduction",
        null,
        "DeployStaging and DeployProduction go to different destinations"
    )]
    public void Two_of_them_are_refused(string targets, string? given, string fact)
    {
        var refused = Assert.Throws<UserException>(() => Choose(targets, given));

        Assert.StartsWith(fact, refused.Message, StringComparison.Ordinal);
    }

    private static string? Choose(string targets, string? given) =>
        Destinations.Choose(targets.Split(' '), given, Overlays.Contains);
}
