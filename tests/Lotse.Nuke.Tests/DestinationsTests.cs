using Lotse.Execution;
using Lotse.Nuke.Deployments;

namespace Lotse.Nuke.Tests;

public sealed class DestinationsTests
{
    private static readonly string[] Overlays = ["local", "staging", "production"];

    [Theory]
    [InlineData("DeployStaging", null, "staging", true)]
    [InlineData("DeployStaging", "staging", "staging", true)]
    [InlineData("Status DeployStaging", null, "staging", true)]
    [InlineData("Deploy", "production", "production", true)]
    [InlineData("Rollback", "staging", "staging", true)]
    [InlineData("Rollback", null, "local", false)]
    [InlineData("Deploy", null, "local", false)]
    // No overlay is named so: a target of the user's own.
    [InlineData("DeployDocs", "staging", "staging", true)]
    [InlineData("DeployDocs DeployStaging", null, "staging", true)]
    // The overlay is missed, which reading the configuration reports.
    [InlineData("DeployCanary", null, "canary", true)]
    public void It_is_what_target_and_parameter_name(string targets, string? given, string name, bool isChosen) =>
        Assert.Equal(new Destination(name, isChosen), Choose(targets, given));

    [Fact]
    public void Where_there_is_no_local_one_nothing_is_chosen() =>
        Assert.Equal(new Destination(null, IsChosen: false), Destinations.Choose(["Status"], null, _ => false));

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

    private static Destination Choose(string targets, string? given) =>
        Destinations.Choose(targets.Split(' '), given, Overlays.Contains);
}
