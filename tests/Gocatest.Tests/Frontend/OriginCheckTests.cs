using Gocatest.Frontend;

namespace Gocatest.Tests.Frontend;

public sealed class OriginCheckTests
{
    [Theory]
    [InlineData("same-origin", "https://board.test", true)]
    [InlineData("none", "", true)]
    [InlineData("cross-site", "https://board.test", false)]
    [InlineData("same-site", "https://other.board.test", false)]
    [InlineData("", "", true)]
    [InlineData("", "http://board.test", true)]
    [InlineData("", "https://BOARD.test", true)]
    [InlineData("", "https://board.test:443", true)]
    [InlineData("", "https://board.test:444", false)]
    [InlineData("", "https://evil.test", false)]
    [InlineData("", "https://board.test.evil.test", false)]
    [InlineData("", "null", false)]
    [InlineData("", "board.test", false)]
    public void Only_our_own_pages_may_post(string fetchSite, string origin, bool allowed) =>
        Assert.Equal(allowed, OriginCheck.Allows(fetchSite, origin, ["board.test", ""]));

    [Fact]
    public void The_name_a_proxy_was_asked_for_counts_too() =>
        Assert.True(OriginCheck.Allows("", "https://board.test", ["10.0.0.7:3000", "board.test"]));

    [Fact]
    public void A_port_that_is_no_default_must_match() =>
        Assert.True(OriginCheck.Allows("", "http://127.0.0.1:3000", ["127.0.0.1:3000"]));
}
