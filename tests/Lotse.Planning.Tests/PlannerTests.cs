using System.Collections.Immutable;
using Lotse.Configuration;
using Lotse.Planning.Observed;

namespace Lotse.Planning.Tests;

/// <summary>Each scenario a deploy can meet, and the plan for it, as text.</summary>
public sealed class PlannerTests
{
    [Fact]
    public void A_first_deploy_brings_up_everything() =>
        Expect(
            new Scenario().Database().Plan("1"),
            """
            prepare
              [local] create network kamal
              [local] start edge proxy lotse-proxy (there is none)
              [local] create accessory db from postgres:17
              [local] pull app:1
            stage
              [local] create container app-web-1 from app:1
              [local] start container app-web-1
              [local] stage app-web-1 behind app-web, healthy at :3000/up within 30 s
            switch
              [local] switch app-web to app-web-1
            """
        );

    [Fact]
    public void An_upgrade_switches_then_drains_and_stops_the_old_container() =>
        Expect(
            new Scenario().Proxy().Served("1", 1, ContainerState.Running, isActive: true).Plan("2"),
            """
            prepare
              [local] pull app:2
            stage
              [local] create container app-web-2 from app:2
              [local] start container app-web-2
              [local] stage app-web-2 behind app-web, healthy at :3000/up within 30 s
            switch
              [local] switch app-web to app-web-2
            settle
              [local] drain app-web, at most 30 s
              [local] stop container app-web-1
            """
        );

    [Fact]
    public void What_serves_is_one_release_until_something_else_serves_somewhere()
    {
        var scenario = new Scenario().Proxy().Served("1", 1, ContainerState.Running, isActive: true);
        Assert.False(scenario.Plan("2").IsMixed);
        var workers = new RoleConfig { Name = "workers", Hosts = scenario.Config.Roles[0].Hosts };
        scenario.Config = scenario.Config with { Roles = [.. scenario.Config.Roles, workers] };
        Assert.Equal(("1", true), (scenario.Plan("2").From, scenario.Plan("2").IsMixed));
    }

    [Fact]
    public void Nothing_changed_is_nothing_to_do() =>
        Assert.True(
            new Scenario()
                .Database()
                .Proxy()
                .Served("1", 1, ContainerState.Running, isActive: true)
                .Images("app:1")
                .Accessory(ContainerState.Running)
                .Plan("1")
                .IsEmpty
        );

    [Fact]
    public void Changed_configuration_of_the_same_version_replaces_the_container_under_its_name() =>
        Expect(
            new Scenario { PullReference = null }
                .Proxy()
                .Served("1", 1, ContainerState.Running, isActive: true, fingerprint: "other")
                .Plan("1"),
            """
            stage
              [local] rename container app-web-1 to app-web-1_replaced_now
              [local] create container app-web-1 from app:1
              [local] start container app-web-1
              [local] stage app-web-1 behind app-web, healthy at :3000/up within 30 s
            switch
              [local] switch app-web to app-web-1
            settle
              [local] drain app-web, at most 30 s
              [local] stop container app-web-1_replaced_now
            """
        );

    [Fact]
    public void What_an_interrupted_rollout_staged_is_forgotten_and_removed_first() =>
        Expect(
            new Scenario()
                .Proxy()
                .Served("1", 1, ContainerState.Running, isActive: true)
                .Staged()
                .Leftover("2", 2)
                .Plan("2"),
            """
            prepare
              [local] forget the staged target of app-web
              [local] remove container app-web-2 (left by a rollout that was interrupted)
              [local] pull app:2
            stage
              [local] create container app-web-2 from app:2
              [local] start container app-web-2
              [local] stage app-web-2 behind app-web, healthy at :3000/up within 30 s
            switch
              [local] switch app-web to app-web-2
            settle
              [local] drain app-web, at most 30 s
              [local] stop container app-web-1
            """
        );

    [Fact]
    public void A_stopped_container_that_no_log_knows_is_kept() =>
        Assert.True(
            new Scenario()
                .Proxy()
                .Served("2", 2, ContainerState.Running, isActive: true)
                .Unknown("1", 1, ContainerState.Exited)
                .Plan("2")
                .IsEmpty
        );

    [Fact]
    public void A_failed_container_that_a_deployer_stopped_and_did_not_come_to_remove_goes() =>
        Expect(
            new Scenario()
                .Proxy()
                .Served("2", 2, ContainerState.Running, isActive: true)
                .Leftover("3", 3, ContainerState.Exited)
                .Plan("2"),
            """
            prepare
              [local] remove container app-web-3 (left by a rollout that was interrupted)
            """
        );

    [Fact]
    public void Workers_that_no_log_knows_run_on_until_the_new_ones_are_up() =>
        Expect(
            Workers(new Scenario().Proxy()).Unknown("1", 1, ContainerState.Running).Plan("2"),
            """
            prepare
              [local] pull app:2
            stage
              [local] create container app-web-2 from app:2
              [local] start container app-web-2
              [local] wait until app-web-2 is up
            settle
              [local] stop container app-web-1
            """
        );

    [Fact]
    public void A_rollback_starts_workers_anew_that_may_still_be_ending() =>
        Expect(
            Workers(new Scenario { IsRollback = true, PullReference = null }.Proxy())
                .Served("1", 1, ContainerState.Running)
                .Served("2", 2, ContainerState.Running)
                .Plan("1"),
            """
            stage
              [local] restart container app-web-1
              [local] wait until app-web-1 is up
            settle
              [local] stop container app-web-2
            """
        );

    [Fact]
    public void A_deployer_that_died_after_the_switch_leaves_only_settling() =>
        Expect(
            new Scenario()
                .Proxy()
                .Served("1", 1, ContainerState.Running)
                .Served("2", 2, ContainerState.Running, isActive: true)
                .Undrained()
                .Plan("2"),
            """
            settle
              [local] drain app-web, at most 30 s
              [local] stop container app-web-1
            """
        );

    [Fact]
    public void A_proxy_that_lost_its_state_gets_the_running_container_back() =>
        Expect(
            new Scenario().Proxy().Served("1", 1, ContainerState.Running, isActive: true).WithoutRoute().Plan("1"),
            """
            stage
              [local] stage app-web-1 behind app-web, healthy at :3000/up within 30 s
            switch
              [local] switch app-web to app-web-1
            """
        );

    [Fact]
    public void A_rollback_starts_the_kept_container_as_it_was() =>
        Expect(
            new Scenario { IsRollback = true, PullReference = null }
                .Proxy()
                .Served("1", 1, ContainerState.Exited, fingerprint: "as it was then")
                .Served("2", 2, ContainerState.Running, isActive: true)
                .Plan("1"),
            """
            stage
              [local] start container app-web-1
              [local] stage app-web-1 behind app-web, healthy at :3000/up within 30 s
            switch
              [local] switch app-web to app-web-1
            settle
              [local] drain app-web, at most 30 s
              [local] stop container app-web-2
            """
        );

    [Fact]
    public void Old_containers_are_kept_by_number_of_versions_and_their_images_with_them()
    {
        var scenario = new Scenario().Proxy().Images("app:1", "app:2", "app:3", "app:4");
        scenario.Config = scenario.Config with { RetainContainers = 2 };
        Expect(
            scenario
                .Served("1", 1, ContainerState.Exited)
                .Served("2", 2, ContainerState.Exited)
                .Served("3", 3, ContainerState.Running, isActive: true)
                .Plan("4"),
            """
            prepare
              [local] pull app:4
            stage
              [local] create container app-web-4 from app:4
              [local] start container app-web-4
              [local] stage app-web-4 behind app-web, healthy at :3000/up within 30 s
            switch
              [local] switch app-web to app-web-4
            settle
              [local] drain app-web, at most 30 s
              [local] stop container app-web-3
              [local] remove container app-web-1 (beyond retain_containers)
              [local] prune 1 image(s) of app
            """
        );
    }

    [Fact]
    public void Images_stay_that_another_destination_uses_on_the_host() =>
        Expect(
            new Scenario()
                .Proxy()
                .Images("app:1", "app:2", "app:3")
                .ImagesOfOthers("app:2")
                .Served("1", 1, ContainerState.Running, isActive: true)
                .Plan("1"),
            """
            settle
              [local] prune 1 image(s) of app
            """
        );

    [Fact]
    public void A_role_that_is_no_longer_configured_is_taken_away_after_the_switch() =>
        Expect(
            new Scenario().Proxy().Served("1", 1, ContainerState.Running, isActive: true).Orphan("workers").Plan("1"),
            """
            settle
              [local] stop container app-workers-1
              [local] remove container app-workers-1 (role workers is no longer configured)
            """
        );

    [Fact]
    public void A_role_without_proxy_is_started_before_the_switch_and_the_old_one_stopped_after_it()
    {
        Expect(
            Workers(new Scenario().Proxy()).Served("1", 1, ContainerState.Running).Plan("2"),
            """
            prepare
              [local] pull app:2
            stage
              [local] create container app-web-2 from app:2
              [local] start container app-web-2
              [local] wait until app-web-2 is up
            settle
              [local] stop container app-web-1
            """
        );
    }

    private static Scenario Workers(Scenario scenario)
    {
        scenario.Config = scenario.Config with { Roles = [scenario.Config.Roles[0] with { Proxy = null }] };
        return scenario;
    }

    private static void Expect(Plan plan, string text) => Assert.Equal(text, plan.Describe());
}
