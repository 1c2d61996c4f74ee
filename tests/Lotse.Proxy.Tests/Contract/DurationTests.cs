using Lotse.Proxy.Contract;

namespace Lotse.Proxy.Tests.Contract;

public sealed class DurationTests
{
    [Theory]
    [InlineData("30s", 30_000)]
    [InlineData("300ms", 300)]
    [InlineData("1m30s", 90_000)]
    [InlineData("1.5h", 5_400_000)]
    [InlineData("2h45m", 9_900_000)]
    [InlineData("0", 0)]
    [InlineData("0s", 0)]
    [InlineData("1500us", 1.5)]
    public void A_duration_is_read_as_Go_writes_it(string text, double milliseconds)
    {
        Assert.True(Durations.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), duration);
    }

    [Theory]
    [InlineData("")]
    [InlineData("30")]
    [InlineData("s")]
    [InlineData("1..5s")]
    [InlineData("30 s")]
    [InlineData("-1s")]
    [InlineData("1d")]
    [InlineData("721h")]
    public void What_is_no_duration_or_too_long_is_not_taken(string text) =>
        Assert.False(Durations.TryParse(text, out _));

    [Fact]
    public void A_duration_is_read_back_from_what_was_written()
    {
        foreach (var milliseconds in new[] { 0, 1, 1.5, 999, 30_000, 86_400_000 })
        {
            var duration = TimeSpan.FromMilliseconds(milliseconds);

            Assert.True(Durations.TryParse(Durations.Format(duration), out var back));
            Assert.Equal(duration, back);
        }
    }
}
