using Lotse.Planning.Observed;
using Lotse.Planning.Planners;

namespace Lotse.Planning.Tests;

public sealed class RollbackChoiceTests
{
    [Theory]
    [InlineData("", null, null)]
    [InlineData("+1", "1", null)]
    [InlineData("+1 +2", "2", "1")]
    [InlineData("+1 +2 +3", "3", "2")]
    [InlineData("+1 +2 -1", "1", null)]
    [InlineData("+1 +2 +3 -2", "2", "1")]
    [InlineData("+1 +2 +3 -2 -1", "1", null)]
    [InlineData("+1 +2 -1 +3", "3", "1")]
    [InlineData("+1 +2 +1", "1", "2")]
    [InlineData("+1 +2", null, "2")]
    public void A_rollback_goes_to_the_last_release_that_was_not_fled_from(string past, string? current, string? target)
    {
        var history = past.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(p => new PastRelease(
                p[1..],
                p[0] == '-' ? PastReleaseKind.RolledBack : PastReleaseKind.Deployed,
                DateTimeOffset.UnixEpoch,
                "r"
            ))
            .ToList();
        Assert.Equal(target, RollbackChoice.Previous(history, current));
    }
}
