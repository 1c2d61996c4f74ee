namespace Lotse.Execution.Tests.Transcripts;

/// <summary>What becomes of the image of an edge proxy that a newer one replaces.</summary>
public sealed class ProxyReplacementTests
{
    [Theory]
    [InlineData("a server has no further use for it", false, true)]
    [InlineData("where it was built another checkout may want it", true, false)]
    public async Task Its_image_goes_with_it_unless_it_was_built_there(string because, bool isBuilder, bool goes)
    {
        var fleet = new Fleet("web1");
        fleet.Hosts[0].IsBuilder = isBuilder;
        await fleet.DeployAsync("1");
        fleet.TakeStory();
        fleet.ImageName = "lotse-proxy:2";
        await fleet.DeployAsync("2");
        var story = fleet.TakeStory().Split('\n').ToList();
        Assert.True(story.Contains("[web1] start lotse-proxy"), "the proxy is replaced");
        Assert.True(story.Contains("[web1] remove image lotse-proxy:1") == goes, because);
        Assert.DoesNotContain("[web1] remove image lotse-proxy:2", story);
        if (goes)
        {
            Assert.InRange(
                story.IndexOf("[web1] remove image lotse-proxy:1"),
                story.IndexOf("[web1] start lotse-proxy"),
                story.Count
            );
        }
    }
}
