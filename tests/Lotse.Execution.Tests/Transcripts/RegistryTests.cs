using System.Collections.Immutable;
using Lotse.Configuration;
using Lotse.Execution.Deployments;
using Lotse.Execution.Ports;
using Lotse.Execution.Rollouts;

namespace Lotse.Execution.Tests.Transcripts;

/// <summary>Deploys through a registry that the configuration names.</summary>
public sealed class RegistryTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_login_is_tried_on_every_engine_then_the_image_is_pushed_once_and_pulled_by_digest()
    {
        var fleet = Using("r.example.com", "web1", "web2");
        fleet.Hosts[1].IsBuilder = false;
        await DeployAsync(fleet);
        var told = fleet.TakeTranscript().Split('\n').Where(l => !l.Contains("proxy", StringComparison.Ordinal));
        Assert.Equal(
            """
            [web1] log in to r.example.com with anna:tide
            [web1] push app:1 to r.example.com/app:1 with anna:tide
            [web1] remove image r.example.com/app:1
            [web1] network kamal
            [web1] pull r.example.com/app@sha256:1 as app:1 with anna:tide
            [web1] remove image r.example.com/app@sha256:1
            [web1] create app-web-1
            [web1] start app-web-1
            [web1] stage app-web at 1
            [web1] switch app-web
            [web2] log in to r.example.com with anna:tide
            [web2] network kamal
            [web2] pull r.example.com/app@sha256:1 as app:1 with anna:tide
            [web2] remove image r.example.com/app@sha256:1
            [web2] create app-web-1
            [web2] start app-web-1
            [web2] stage app-web at 1
            [web2] switch app-web
            """.ReplaceLineEndings("\n"),
            string.Join('\n', told)
        );
    }

    [Fact]
    public async Task On_Docker_Hub_the_images_own_name_is_pushed_and_stays()
    {
        var fleet = Using(null, "web1");
        await DeployAsync(fleet);
        var told = fleet.TakeStory();
        Assert.Contains("push app:1 to docker.io/app:1 with anna:tide", told, StringComparison.Ordinal);
        Assert.DoesNotContain("remove image docker.io/app:1", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_registry_on_this_machine_is_the_embedded_one()
    {
        var fleet = Using("localhost:5555", "web1");
        await DeployAsync(fleet);
        var told = fleet.TakeStory();
        Assert.Contains("pull reg/app@sha256:1 as app:1\n", told, StringComparison.Ordinal);
        Assert.DoesNotContain("log in", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_login_that_is_refused_is_told_once_before_anything_is_done()
    {
        var fleet = Using("r.example.com", "web1", "web2");
        foreach (var host in fleet.Hosts)
        {
            host.IsBuilder = host.Name == "web1";
            host.Login = _ => new LoginAnswer(LoginOutcome.Refused, "status 401");
        }

        var problem = await Assert.ThrowsAsync<UserException>(() => DeployAsync(fleet));
        Assert.Equal(
            """
            1 problem(s), found before anything was changed:
              - [local] log in to the registry r.example.com as anna: status 401
                  → The registry answers, and does not take this login: check registry.username and registry.password (the secret TOKEN), config/deploy.yml:3:1. A token may have expired.
              → Mend them and run the same command again.
            """.ReplaceLineEndings("\n"),
            problem.Message
        );
        Assert.All(fleet.TakeTranscript().Split('\n'), l => Assert.Contains("] log in", l, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_path_on_the_registry_is_part_of_the_images_name_and_none_of_the_servers()
    {
        var fleet = Using("r.example.com/team", "web1");
        fleet.Hosts[0].Login = login => new LoginAnswer(LoginOutcome.Untrusted, login.Host);
        var problem = await Assert.ThrowsAsync<UserException>(() => DeployAsync(fleet));
        Assert.Contains("/etc/docker/certs.d/r.example.com/ca.crt", problem.Message, StringComparison.Ordinal);
        fleet.Hosts[0].Login = _ => new LoginAnswer(LoginOutcome.Accepted, "");
        await DeployAsync(fleet);
        Assert.Contains("push app:1 to r.example.com/team/app:1 ", fleet.TakeStory(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_release_whose_image_is_there_needs_no_registry()
    {
        var fleet = Using("r.example.com", "web1");
        await DeployAsync(fleet);
        await DeployAsync(fleet, "2");
        fleet.Hosts[0].Login = _ => new LoginAnswer(LoginOutcome.OutOfReach, "");
        fleet.TakeStory();
        await fleet.DeployAsync("1", isRollback: true);
        Assert.DoesNotContain("log in", fleet.TakeStory(), StringComparison.Ordinal);
        Assert.Equal("1", fleet.Hosts[0].Serving);
    }

    [Fact]
    public async Task A_server_that_does_not_reach_the_registry_is_named()
    {
        var fleet = Using("r.example.com", "web1", "web2");
        fleet.Hosts[1].IsBuilder = false;
        fleet.Hosts[1].Login = _ => new LoginAnswer(LoginOutcome.Unclear, "no route to host");
        var problem = await Assert.ThrowsAsync<UserException>(() => DeployAsync(fleet));
        Assert.Contains("- [web2] log in to the registry", problem.Message, StringComparison.Ordinal);
        Assert.Contains("it is the way from web2 to the registry", problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("[local]", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pull_that_is_denied_tells_the_right_that_lacks_and_what_serves_goes_on_serving()
    {
        var fleet = Using("r.example.com", "web1");
        await DeployAsync(fleet);
        fleet.Hosts[0].Fault = call =>
            call.StartsWith("pull", StringComparison.Ordinal)
                ? new HostException(HostFailure.ImageNotFound, "web1", "pull app:2", "denied", "deploy again")
                : null;
        var failed = await Assert.ThrowsAsync<RolloutFailedException>(() => DeployAsync(fleet, "2"));
        Assert.Contains("denied", failed.Message, StringComparison.Ordinal);
        Assert.Contains("see to it that anna may read r.example.com/app", failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("deploy again", failed.Message, StringComparison.Ordinal);
        Assert.Equal("1", fleet.Hosts[0].Serving);
    }

    [Theory]
    [InlineData(LoginOutcome.Accepted, "see to it that anna may write to r.example.com/app.")]
    [InlineData(LoginOutcome.Refused, "does not take this login")]
    [InlineData(LoginOutcome.NameUnknown, "Nobody knows that name")]
    [InlineData(LoginOutcome.OutOfReach, "Nothing answers there")]
    [InlineData(LoginOutcome.Untrusted, "/etc/docker/certs.d/r.example.com/ca.crt")]
    public async Task A_push_that_fails_is_told_by_what_the_registry_says_to_the_login_afterwards(
        LoginOutcome outcome,
        string cure
    )
    {
        var fleet = Using("r.example.com", "web1");
        await using var deployment = fleet.Begin("1");
        await deployment.LookAsync(Cancellation);
        fleet.Hosts[0].Login = _ => new LoginAnswer(outcome, "");
        fleet.Hosts[0].Fault = call =>
            call.StartsWith("push", StringComparison.Ordinal)
                ? new HostException(HostFailure.Engine, "local", "push app:1", "the engine's words", "")
                : null;
        var failed = await Assert.ThrowsAsync<HostException>(() => PushAsync(deployment, "1"));
        Assert.Equal(HostFailure.Registry, failed.Failure);
        Assert.Equal("the engine's words", failed.Evidence);
        Assert.Contains(cure, failed.Cure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_disk_stays_a_full_disk()
    {
        var fleet = Using("r.example.com", "web1");
        fleet.Hosts[0].Fault = call =>
            call.StartsWith("push", StringComparison.Ordinal)
                ? new HostException(HostFailure.NoSpace, "local", "push app:1", "full", "free some")
                : null;
        await using var deployment = fleet.Begin("1");
        await deployment.LookAsync(Cancellation);
        var failed = await Assert.ThrowsAsync<HostException>(() => PushAsync(deployment, "1"));
        Assert.Equal(HostFailure.NoSpace, failed.Failure);
    }

    private static Fleet Using(string? server, params string[] names) =>
        new(names)
        {
            Configure = c =>
                c with
                {
                    Registry = new RegistryConfig
                    {
                        Server = server,
                        Username = new Credential(null, new Secret("anna")),
                        Password = new Credential("TOKEN", null),
                        Place = "config/deploy.yml:3:1",
                    },
                    Secrets = ImmutableSortedDictionary<string, Secret>.Empty.Add("TOKEN", new Secret("tide")),
                },
        };

    private static async Task DeployAsync(Fleet fleet, string version = "1")
    {
        await using var deployment = fleet.Begin(version);
        await deployment.LookAsync(Cancellation);
        var pushed = await PushAsync(deployment, version);
        var prepared = await deployment.PrepareAsync(pushed, Cancellation);
        await deployment.CleanUpAsync(await deployment.SwitchAsync(prepared, Cancellation), Cancellation);
    }

    private static Task<PushedImage> PushAsync(Deployment deployment, string version) =>
        deployment.PushAsync(
            new BuiltImage
            {
                Reference = $"app:{version}",
                ImageId = "sha256:0",
                SizeBytes = 1,
                Layers = [],
                Builder = "none",
            },
            new Progress<LayerProgress>(),
            Cancellation
        );
}
