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

    [Fact]
    public void A_clock_that_was_not_told_is_not_judged() =>
        Assert.Null(HostFacts.Parse("uid=0\n").ClockAhead(Asked, Asked));
}
