using Lotse.Configuration;
using Lotse.Execution.OneOffs;
using Lotse.Execution.Rollouts;

namespace Lotse.Execution.Tests.Transcripts;

/// <summary>The migration: when it runs, and what comes of one that fails.</summary>
public sealed class MigrationTests
{
    [Fact]
    public async Task It_runs_once_on_the_first_host_before_any_new_container_and_its_own_goes()
    {
        var fleet = await ServingAsync("web1", "web2");
        await fleet.DeployAsync("2");
        var story = fleet.TakeStory().Split('\n').ToList();
        var run = story.IndexOf("[web1] start app-migrate-2_r2");
        Assert.True(run > 0, string.Join('\n', story));
        Assert.Single(story, l => l.Contains("start app-migrate", StringComparison.Ordinal));
        Assert.InRange(story.IndexOf("[web1] pull reg/app@2 as app:2"), 0, run);
        Assert.InRange(story.IndexOf("[web1] remove app-migrate-2_r2"), run, story.IndexOf("[web1] create app-web-2"));
        Assert.InRange(run, 0, story.IndexOf("[web2] create app-web-2"));
        Assert.All(fleet.Hosts, h => Assert.Equal("2", h.Serving));
    }

    [Fact]
    public async Task One_that_fails_ends_the_deploy_with_its_output_and_the_old_release_untouched()
    {
        var fleet = await ServingAsync("web1", "web2");
        fleet.Hosts[0].CommandExitCode = 4;
        var failed = await Assert.ThrowsAsync<RolloutFailedException>(() => fleet.DeployAsync("2"));
        Assert.IsType<MigrationFailedException>(Assert.Single(failed.Failures).Failure);
        Assert.Contains(
            "[web1] the migration `bin/migrate --all` ended with exit code 4.\n    | the last line",
            failed.Message,
            StringComparison.Ordinal
        );
        Assert.EndsWith(
            "1 serves on, on every host; no request was dropped.",
            failed.Message,
            StringComparison.Ordinal
        );
        var story = fleet.TakeStory();
        Assert.DoesNotContain("app-web-2", story, StringComparison.Ordinal);
        Assert.Contains("[web1] remove app-migrate-2_r2", story, StringComparison.Ordinal);
        Assert.All(fleet.Hosts, h => Assert.Equal("1", h.Serving));
    }

    [Fact]
    public async Task One_that_does_not_end_is_killed_at_its_timeout()
    {
        var fleet = await ServingAsync("web1");
        fleet.Hosts[0].CommandsHang = true;
        var failed = Assert.IsType<RolloutFailedException>(await fleet.TryDeployAsync("2"));
        Assert.Contains("had not ended after 60 s and was killed", failed.Message, StringComparison.Ordinal);
        Assert.Contains("[web1] remove app-migrate-2_r2", fleet.TakeStory(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_first_host_that_had_been_left_out_catches_up_without_it()
    {
        var fleet = await ServingAsync("web1", "web2");
        var everywhere = fleet.Configure;
        fleet.Configure = config => Without(everywhere(config), "web1");
        await fleet.DeployAsync("2");
        Assert.Contains("[web2] start app-migrate-2", fleet.TakeStory(), StringComparison.Ordinal);
        fleet.Configure = everywhere;

        await fleet.DeployAsync("2");

        Assert.All(fleet.Hosts, h => Assert.Equal("2", h.Serving));
        Assert.DoesNotContain("app-migrate", fleet.TakeStory(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rollback_does_not_run_it()
    {
        var fleet = await ServingAsync("web1");
        await fleet.DeployAsync("2");
        fleet.TakeStory();
        await fleet.DeployAsync("1", isRollback: true);
        Assert.DoesNotContain("migrate", fleet.TakeStory(), StringComparison.Ordinal);
        Assert.Equal("1", fleet.Hosts[0].Serving);
    }

    [Fact]
    public async Task It_is_a_step_in_the_journal()
    {
        var fleet = await ServingAsync("web1");
        await fleet.DeployAsync("2");
        var journal = await fleet.Hosts[0].Store.ReadAsync("journal.jsonl", TestContext.Current.CancellationToken);
        Assert.Contains("migrate by", journal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_container_is_as_the_roles_but_for_command_ports_and_restarts()
    {
        var fleet = await ServingAsync("web1");
        fleet.Hosts[0].CommandExitCode = 1;
        await Assert.ThrowsAsync<RolloutFailedException>(() => fleet.DeployAsync("2"));
        var spec = fleet.Hosts[0].LastMade!;
        Assert.Equal("app:2", spec.Image);
        Assert.Equal("kamal", spec.Network);
        Assert.Equal("bin/migrate", Assert.Single(spec.Options["entrypoint"]));
        Assert.Equal(["--all"], spec.Command);
        Assert.Equal("no", spec.Restart);
        Assert.Contains(spec.Environment, v => v is { Name: "COLOUR", Clear: "blue" });
        Assert.Contains(spec.Environment, v => v is { Name: "KAMAL_VERSION", Clear: "2" });
    }

    private static DeployConfig Without(DeployConfig config, string host) =>
        config with
        {
            Roles = [.. config.Roles.Select(r => r with { Hosts = r.Hosts.RemoveAll(h => h.Name == host) })],
        };

    private static async Task<Fleet> ServingAsync(params string[] hosts)
    {
        var migrate = new MigrateConfig { Command = "bin/migrate --all", Timeout = TimeSpan.FromSeconds(60) };
        var env = new EnvConfig { Clear = [new ClearVariable("COLOUR", "blue")] };
        var fleet = new Fleet(hosts) { Configure = c => c with { Migrate = migrate, Env = env } };
        await fleet.DeployAsync("1");
        fleet.TakeStory();
        return fleet;
    }
}
