using System.Collections.Immutable;
using Lotse.Configuration;
using Lotse.Execution.Deployments;
using Lotse.Nuke.Console;
using Lotse.Planning;
using Lotse.Planning.Observed;
using Lotse.Planning.Steps;

namespace Lotse.Nuke.Tests;

public sealed class ForecastTextTests
{
    [Fact]
    public void A_preview_shows_all_that_a_deploy_does_and_what_it_is_refused_for() =>
        Assert.Equal(
            """
            ! [web9] is forgotten
              1 → 2 on staging (1 host(s))
              secrets
                generate PASSWORD
              image
                build app:2
                push app:2
              prepare
                [web1] pull app:2
            ! A deploy would be refused now: [web1] the lease is held
              Nothing was changed
            """,
            Text(Forecast)
        );

    [Fact]
    public void Nothing_to_do_is_said() =>
        Assert.Equal(
            "  A deploy would do nothing: 2 serves already",
            Text(
                Forecast with
                {
                    Found = Forecast.Found with { Plan = Forecast.Found.Plan with { Steps = None, Notes = [] } },
                }
            )
        );

    private static readonly ImmutableSortedDictionary<PlanPhase, ImmutableArray<PlanStep>> None =
        ImmutableSortedDictionary<PlanPhase, ImmutableArray<PlanStep>>.Empty;

    private static Forecast Forecast { get; } =
        new()
        {
            Found = new Preflight(
                new Plan
                {
                    Release = new Release { Version = "2", ImageName = "app:2" },
                    From = "1",
                    Steps = None.Add(PlanPhase.Prepare, [new PullImage("web1", "app@2", "app:2")]),
                    Notes = ["[web9] is forgotten"],
                },
                new ObservedFleet { Hosts = [new ObservedHost { Host = "web1" }] }
            ),
            Image = ["build app:2", "push app:2"],
            MissingSecrets = ["PASSWORD"],
            Problems = ["[web1] the lease is held"],
        };

    private static string Text(Forecast forecast)
    {
        var config = new DeployConfig
        {
            Service = "app",
            Image = "app",
            Roles = [],
            Destination = "staging",
        };
        return string.Join(
            '\n',
            ForecastText.Of(config, forecast).Select(l => $"{(l.IsWarning ? "!" : " ")} {l.Line}")
        );
    }
}
