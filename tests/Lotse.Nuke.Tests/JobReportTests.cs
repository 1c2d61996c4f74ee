using Lotse.Execution.Deployments;
using Lotse.Nuke.Console;

namespace Lotse.Nuke.Tests;

/// <summary>What the page of a CI job shows.</summary>
public sealed class JobReportTests
{
    private static readonly JobReport Done = new()
    {
        Destination = "staging",
        Version = "2",
        From = "1",
        IsKnown = true,
        Hosts = [new HostRelease("web1", "2", new Uri("http://web1/")), new HostRelease("jobs1", "2", null)],
        Stages = [("Build", TimeSpan.FromSeconds(1.25)), ("Switch", TimeSpan.FromSeconds(3))],
    };

    [Fact]
    public void A_deploy_shows_what_serves_where_and_how_long_it_took() =>
        Assert.Equal(
            """
            ### ✅ 2 deployed to staging

            Before: 1

            | host | serves | where |
            |---|---|---|
            | web1 | 2 | http://web1/ |
            | jobs1 | 2 |  |

            Build 1.3 s · Switch 3.0 s

            """,
            Done.ToMarkdown()
        );

    [Fact]
    public void A_failure_is_shown_as_it_is_written() =>
        Assert.Equal(
            """
            ### ❌ 2 was not deployed to staging

            Before: 1

                2 was not deployed.
                # not a *heading*

            """,
            (Done with { Hosts = [], Stages = [], Failure = "2 was not deployed.\n# not a *heading*" }).ToMarkdown()
        );

    [Fact]
    public void Nothing_to_do_is_said() =>
        Assert.StartsWith(
            "### ✅ 2 serves already on staging\n",
            (Done with { IsUpToDate = true }).ToMarkdown(),
            StringComparison.Ordinal
        );

    [Fact]
    public void A_failure_after_the_switch_does_not_deny_what_serves() =>
        Assert.StartsWith(
            """
            ### ⚠️ 2 serves on staging, but not all that belongs to it was done

            Before: 1

                the hook failed

            | host | serves | where |
            """,
            (Done with { Failure = "the hook failed" }).ToMarkdown(),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData(true, "Nothing served before.\n")]
    [InlineData(false, "")]
    public void What_served_before_is_said_only_when_it_was_seen(bool isKnown, string expected)
    {
        var report = Done with { From = null, Hosts = [], Stages = [], Failure = "web1 is down", IsKnown = isKnown };
        Assert.Equal($"### ❌ 2 was not deployed to staging\n\n{expected}\n    web1 is down\n", report.ToMarkdown());
    }

    [Theory]
    [InlineData("1", null, "### ✅ Rolled back to 1 on staging\n")]
    [InlineData("1", "x", "### ❌ Not rolled back to 1 on staging\n")]
    [InlineData(null, "x", "### ❌ Not rolled back on staging\n")]
    public void A_rollback_is_called_one(string? version, string? failure, string expected)
    {
        var report = Done with
        {
            IsRollback = true,
            Version = version,
            Failure = failure,
            Hosts = failure is null ? Done.Hosts : [],
        };
        Assert.StartsWith(expected, report.ToMarkdown(), StringComparison.Ordinal);
    }
}
