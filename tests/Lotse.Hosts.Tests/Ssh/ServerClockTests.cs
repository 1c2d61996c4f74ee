using Lotse.Hosts.Ssh;
using Microsoft.Extensions.Time.Testing;

namespace Lotse.Hosts.Tests.Ssh;

/// <summary>What a server's answers tell of its clock.</summary>
public sealed class ServerClockTests
{
    private static readonly DateTimeOffset Begin = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
    private readonly FakeTimeProvider time = new(Begin);

    /// <param name="known">What was known, in seconds; null for nothing.</param>
    /// <param name="took">How long question and answer took.</param>
    /// <param name="begun">What the server's clock said first, after the question by ours.</param>
    /// <param name="ended">What it said at the end; null when it said nothing then.</param>
    /// <param name="ahead">What is known after that.</param>
    [Theory]
    [InlineData(null, 0, 0, null, 0)]
    [InlineData(null, 1, 40, null, 39)]
    [InlineData(null, 1, -40, null, -39)]
    // Known better, and not contradicted.
    [InlineData(39.5, 10, 45, null, 39.5)]
    [InlineData(3.0, 20, 5, null, 3.0)]
    // Set right meanwhile.
    [InlineData(40.0, 1, 0, null, 1)]
    [InlineData(-40.0, 1, 0, null, -1)]
    // The server itself was slow, after it had told the time: that is no difference.
    [InlineData(null, 20, 40, 59, 38)]
    [InlineData(null, 20, 40, null, 20)]
    public void It_is_what_the_answer_allows_nearest_to_what_was_known(
        double? known,
        int took,
        int begun,
        int? ended,
        double ahead
    )
    {
        var clock = new ServerClock(time, known is { } seconds ? TimeSpan.FromSeconds(seconds) : null);
        var asked = clock.Now;
        time.Advance(TimeSpan.FromSeconds(took));

        clock.Hear($"{Unix(begun)}{(ended is { } end ? $" {Unix(end)}" : "")}\n", asked);

        Assert.Equal(ahead, clock.Ahead?.TotalSeconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("now")]
    [InlineData("1700000000 later")]
    [InlineData("1700000000 1700000000 1700000000")]
    [InlineData("99999999999999")]
    public void What_is_no_time_tells_nothing(string text)
    {
        var clock = new ServerClock(time, TimeSpan.FromSeconds(7));
        clock.Hear(text, clock.Now);
        Assert.Equal(TimeSpan.FromSeconds(7), clock.Ahead);
    }

    private static long Unix(int seconds) => Begin.ToUnixTimeSeconds() + seconds;
}
