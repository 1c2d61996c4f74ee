using Lotse.Execution;
using Lotse.Nuke.Deployments;

namespace Lotse.Nuke.Tests;

public sealed class MomentTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("90s", "2026-03-04T11:58:30Z")]
    [InlineData("1h30m", "2026-03-04T10:30:00Z")]
    [InlineData("1.5h", "2026-03-04T10:30:00Z")]
    [InlineData("1d2h", "2026-03-03T10:00:00Z")]
    [InlineData("2026-01-31T12:00Z", "2026-01-31T12:00:00Z")]
    public void A_moment_is_a_time_ago_or_a_date(string text, string expected) =>
        Assert.Equal(DateTimeOffset.Parse(expected, null), Moments.Parse(text, Now));

    [Theory]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("h")]
    [InlineData("1h30")]
    [InlineData("1x")]
    [InlineData("soon")]
    [InlineData("99999999999999d")]
    public void Anything_else_is_refused(string text) => Assert.Throws<UserException>(() => Moments.Parse(text, Now));
}
