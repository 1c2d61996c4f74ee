using Lotse.Nuke.Deployments;

namespace Lotse.Nuke.Tests;

public sealed class PerformersTests
{
    [Theory]
    [InlineData("octocat", "octocat")]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void In_a_workflow_it_is_the_person_who_started_it(string? actor, string? performer) =>
        Assert.Equal(
            $"{performer ?? Environment.UserName}@{Environment.MachineName}",
            Performers.Current(name => name == "GITHUB_ACTOR" ? actor : null)
        );
}
