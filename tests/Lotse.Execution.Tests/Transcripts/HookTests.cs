using Lotse.Configuration;
using Lotse.Execution.Hooks;
using Lotse.Execution.Rollouts;

namespace Lotse.Execution.Tests.Transcripts;

/// <summary>When hooks are called, with what, and what comes of one that fails.</summary>
public sealed class HookTests
{
    private static readonly string[] All =
    [
        "pre-connect",
        "pre-build",
        "pre-deploy",
        "pre-app-boot",
        "post-app-boot",
        "pre-proxy-reboot",
        "post-proxy-reboot",
        "post-deploy",
        "deploy-failed",
    ];

    [Fact]
    public async Task Each_is_called_at_its_point_of_an_upgrade()
    {
        var fleet = await ServingAsync("web1");
        await fleet.DeployAsync("2");
        Assert.Equal(
            """
            [hook] pre-connect web1
            [hook] pre-deploy web1
            [web1] pull reg/app@2 as app:2
            [web1] remove image reg/app@2
            [hook] pre-app-boot web1
            [web1] create app-web-2
            [web1] start app-web-2
            [web1] stage app-web at 2
            [hook] post-app-boot web1
            [web1] switch app-web
            [web1] drain app-web
            [web1] stop app-web-1
            [hook] post-deploy web1
            """,
            fleet.TakeStory()
        );
    }

    [Fact]
    public async Task A_deploy_that_is_refused_has_failed_too()
    {
        var fleet = await ServingAsync("web1", "web2");
        fleet.Unreachable.Add("web2");

        await Assert.ThrowsAsync<UserException>(() => fleet.DeployAsync("2"));

        Assert.Equal("[hook] pre-connect web1,web2\n[hook] deploy-failed web1,web2", fleet.TakeStory());
        Assert.Contains(
            "1 of 2 host(s) cannot be used",
            fleet.HookEnvironments["deploy-failed"]["KAMAL_FAILURE"],
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Nothing_to_do_calls_none_but_the_one_before_connecting()
    {
        var fleet = await ServingAsync("web1");
        await fleet.DeployAsync("1");
        Assert.Equal("[hook] pre-connect web1", fleet.TakeStory());
    }

    [Fact]
    public async Task Those_around_the_replacement_of_the_proxy_know_its_host()
    {
        var fleet = await ServingAsync("web1");
        fleet.Configure = c => c with { ProxyRun = new ProxyRunConfig { HttpPort = 81 } };
        await fleet.DeployAsync("2");
        var story = fleet.TakeStory().Split('\n');
        var before = Array.IndexOf(story, "[hook] pre-proxy-reboot web1");
        var after = Array.IndexOf(story, "[hook] post-proxy-reboot web1");
        Assert.InRange(before, 0, Array.IndexOf(story, "[web1] create lotse-proxy"));
        Assert.InRange(Array.IndexOf(story, "[web1] start lotse-proxy"), before, after);
    }

    [Theory]
    [InlineData("pre-deploy")]
    [InlineData("pre-app-boot")]
    [InlineData("post-app-boot")]
    public async Task One_that_fails_before_the_switch_takes_everything_back_on_all_hosts(string hook)
    {
        var fleet = await ServingAsync("web1", "web2");
        fleet.Hooks[hook] = 3;
        var failed = await Assert.ThrowsAsync<RolloutFailedException>(() => fleet.DeployAsync("2"));
        Assert.Contains(
            $"The hook .kamal/hooks/{hook} ended with exit code 3.\n    | its last words",
            failed.Message,
            StringComparison.Ordinal
        );
        Assert.Equal(hook, Assert.IsType<HookFailedException>(failed.InnerException).Hook);
        Assert.All(fleet.Hosts, h => Assert.Equal("1", h.Serving));
        Assert.All(fleet.Hosts, h => Assert.Equal(["app-web-1 Running"], h.Containers));
        Assert.Equal("[hook] deploy-failed web1,web2", fleet.TakeStory().Split('\n')[^1]);
    }

    [Fact]
    public async Task One_that_fails_before_the_first_connection_changes_nothing()
    {
        var fleet = new Fleet("web1") { Hooks = { ["pre-connect"] = 1 } };
        var failed = await Assert.ThrowsAsync<HookFailedException>(() => fleet.DeployAsync("1"));
        Assert.Contains("Nothing was changed on any host.", failed.Message, StringComparison.Ordinal);
        Assert.Equal("[hook] pre-connect web1", fleet.TakeStory());
    }

    [Fact]
    public async Task One_that_fails_after_the_switch_fails_the_command_and_leaves_the_new_release_serving()
    {
        var fleet = await ServingAsync("web1");
        fleet.Hooks["post-deploy"] = 1;
        var failed = await Assert.ThrowsAsync<HookFailedException>(() => fleet.DeployAsync("2"));
        Assert.Contains("2 serves on every host; only this hook failed.", failed.Message, StringComparison.Ordinal);
        Assert.Equal("2", fleet.Hosts[0].Serving);
        var token = TestContext.Current.CancellationToken;
        var lease = await fleet.Hosts[0].Store.ReadAsync("lease.json", token);
        Assert.Contains("\"released\":true", lease, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_one_for_failures_gets_host_and_cause_and_its_own_failure_hides_nothing()
    {
        var fleet = await ServingAsync("web1", "web2");
        fleet.Hooks["deploy-failed"] = 1;
        fleet.Hosts[1].IsHealthy = _ => false;
        var failed = await Assert.ThrowsAsync<RolloutFailedException>(() => fleet.DeployAsync("2"));
        var environment = fleet.HookEnvironments["deploy-failed"];
        Assert.Equal("web2", environment["KAMAL_FAILED_HOSTS"]);
        Assert.Equal(failed.Message, environment["KAMAL_FAILURE"]);
        Assert.Equal("0", environment["KAMAL_RUNTIME"]);
    }

    [Fact]
    public async Task They_get_the_variables_of_Kamal()
    {
        var fleet = await ServingAsync("web1", "web2");
        await fleet.DeployAsync("2");
        await fleet.DeployAsync("1", isRollback: true);
        var environment = fleet.HookEnvironments["post-deploy"];
        string[] lines = [.. environment.OrderBy(v => v.Key).Select(v => $"{v.Key}={v.Value}")];
        Assert.Equal(
            [
                "KAMAL_COMMAND=rollback",
                "KAMAL_HOSTS=web1,web2",
                "KAMAL_PERFORMER=anna@here",
                "KAMAL_RECORDED_AT=2026-01-01T00:00:00Z",
                "KAMAL_RUNTIME=0",
                "KAMAL_SERVICE=app",
                "KAMAL_SERVICE_VERSION=app@1",
                "KAMAL_VERSION=1",
            ],
            lines
        );
    }

    [Fact]
    public async Task Secrets_are_in_their_environment()
    {
        var fleet = new Fleet("web1") { Hooks = { ["pre-deploy"] = 0 } };
        fleet.Configure = c => c.WithSecrets(new Dictionary<string, Secret> { ["TOKEN"] = new("abc") });
        await fleet.DeployAsync("1");
        Assert.Equal("abc", fleet.HookEnvironments["pre-deploy"]["TOKEN"]);
    }

    private static async Task<Fleet> ServingAsync(params string[] hosts)
    {
        var fleet = new Fleet(hosts);
        await fleet.DeployAsync("1");
        fleet.TakeStory();
        foreach (var hook in All)
        {
            fleet.Hooks[hook] = 0;
        }

        return fleet;
    }
}
