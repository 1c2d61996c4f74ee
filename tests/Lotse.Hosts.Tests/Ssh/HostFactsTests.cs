using Lotse.Execution.Ports;
using Lotse.Hosts.Ssh;

namespace Lotse.Hosts.Tests.Ssh;

/// <summary>What is made of what a server tells of itself.</summary>
public sealed class HostFactsTests
{
    private static readonly DateTimeOffset Asked = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

    /// <summary>The answer took ten seconds: a clock that was right at any moment of them is right.</summary>
    [Theory]
    [InlineData(0, 0)]
    [InlineData(10, 0)]
    [InlineData(-1, 0)]
    [InlineData(15, 5)]
    [InlineData(-8, -7)]
    [InlineData(3600, 3590)]
    public void A_clock_is_wrong_by_what_the_way_cannot_explain(int told, int ahead)
    {
        var facts = HostFacts.Parse($"now={Asked.ToUnixTimeSeconds() + told}\n");
        Assert.Equal(TimeSpan.FromSeconds(ahead), facts.ClockAhead(Asked, Asked + TimeSpan.FromSeconds(10)));
    }

    [Theory]
    [InlineData("/var/lib/docker", "/var/lib/docker", 2)]
    [InlineData("/var/lib/docker/tmp", "/var/lib/docker", 2)]
    [InlineData("/var/lib/dockers", "/", 1)]
    [InlineData("/srv/engine", "/srv", 3)]
    public void A_folder_lies_on_the_disk_with_the_longest_mount_point_above_it(string folder, string mount, int free)
    {
        var facts = HostFacts.Parse("free=/ 1\nfree=/var/lib/docker 2\nfree=/srv 3\n");
        Assert.Equal(new DiskSpace(mount, free * 1024), facts.DiskOf(folder));
    }

    [Fact]
    public void A_clock_that_was_not_told_is_not_judged() =>
        Assert.Null(HostFacts.Parse("uid=0\n").ClockAhead(Asked, Asked));
}
