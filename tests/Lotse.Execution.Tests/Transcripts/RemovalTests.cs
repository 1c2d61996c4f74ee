using Lotse.Configuration;
using Lotse.Execution.Deployments;
using Lotse.Planning.Containers;

namespace Lotse.Execution.Tests.Transcripts;

/// <summary>A service is taken away with what is its own, and nothing else; its data only with a yes, and never before its password.</summary>
public sealed class RemovalTests
{
    private const string Secrets = "secrets.json";
    private const string Store = "store:1";
    private string asked = "";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_is_said_what_goes_before_anything_does()
    {
        var fleet = await ServingAsync();
        var refused = new UserException("No.", "");
        var thrown = await Assert.ThrowsAsync<UserException>(() =>
            fleet
                .Operate()
                .RemoveAsync(
                    new RemoveRequest(WithData: true),
                    (removal, _) =>
                    {
                        asked = removal.Describe();
                        throw refused;
                    },
                    Token
                )
        );
        Assert.Same(refused, thrown);
        Assert.Equal(
            """
            app is removed from web1, web2: routes, containers, accessories and images.
              [web1] volume data and the data in it, for good
            """,
            asked
        );
        Assert.Equal("", fleet.TakeStory());
    }

    [Fact]
    public async Task Data_and_its_password_go_together()
    {
        var fleet = await ServingAsync();
        await RemoveAsync(fleet, new RemoveRequest(WithData: true));
        Assert.Contains("[web1] remove volume data", fleet.TakeStory(), StringComparison.Ordinal);
        Assert.Null(await fleet.Hosts[0].Store.ReadAsync(Secrets, Token));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_password_stays_with_the_data_that_stays(bool isFolder)
    {
        var fleet = await ServingAsync();
        if (isFolder)
        {
            fleet.Hosts[0].Folders.Add("/data/app-db/files");
        }

        await RemoveAsync(fleet, new RemoveRequest(WithData: true, IsWhole: isFolder));
        Assert.NotNull(await fleet.Hosts[0].Store.ReadAsync(Secrets, Token));
        Assert.Contains(fleet.Remarks, r => r.Text.StartsWith("generated secrets stay in", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_host_that_fails_keeps_the_password_from_going()
    {
        var fleet = await ServingAsync();
        fleet.Hosts[1].Fault = call =>
            call.StartsWith("remove app-web", StringComparison.Ordinal)
                ? new Ports.HostException(Ports.HostFailure.Engine, "web2", "remove", "it broke", "")
                : null;
        await Assert.ThrowsAsync<SomeHostsFailedException>(() => RemoveAsync(fleet, new RemoveRequest(WithData: true)));
        Assert.NotNull(await fleet.Hosts[0].Store.ReadAsync(Secrets, Token));
    }

    [Fact]
    public async Task A_volume_that_another_destination_uses_stays()
    {
        var fleet = await ServingAsync();
        var other = new ContainerSpec
        {
            Name = "app-db-production",
            Image = "postgres",
            Volumes = ["data:/data"],
        };
        await fleet.Hosts[0].CreateAsync(other, Token);
        fleet.TakeStory();
        await RemoveAsync(fleet, new RemoveRequest(WithData: true));
        Assert.DoesNotContain("remove volume data", fleet.TakeStory(), StringComparison.Ordinal);
        Assert.Contains("volume data stays: container app-db-production uses it", asked, StringComparison.Ordinal);
        Assert.NotNull(await fleet.Hosts[0].Store.ReadAsync(Secrets, Token));
    }

    [Fact]
    public async Task A_volume_is_looked_for_on_the_accessorys_own_host_alone()
    {
        var fleet = await ServingAsync();
        fleet.Hosts[1].Volumes.Add("data");
        await RemoveAsync(fleet, new RemoveRequest(WithData: true));
        Assert.DoesNotContain("[web2] remove volume data", fleet.TakeStory(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task The_proxy_goes_only_when_it_says_that_it_serves_nothing_else(bool runs, bool isShared)
    {
        var fleet = await ServingAsync();
        if (isShared)
        {
            fleet.Hosts[1].RouteFor("shop-web");
        }

        if (!runs)
        {
            await fleet.Hosts[1].StopAsync("lotse-proxy", TimeSpan.Zero, Token);
        }

        await RemoveAsync(fleet, new RemoveRequest(WithData: false));
        var story = fleet.TakeStory();
        Assert.Equal(
            runs && !isShared,
            story.Contains("[web2] remove volume lotse-proxy-state", StringComparison.Ordinal)
        );
        Assert.Equal(runs && !isShared, story.Contains("[web2] remove lotse-proxy", StringComparison.Ordinal));
        Assert.Contains("[web2] remove app-web-1", story, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_the_proxy_does_not_answer_nothing_is_removed()
    {
        var fleet = await ServingAsync();
        fleet.Hosts[1].IsProxySilent = true;
        await Assert.ThrowsAsync<UserException>(() => RemoveAsync(fleet, new RemoveRequest(WithData: true)));
        Assert.Equal("", fleet.TakeStory());
    }

    private Task RemoveAsync(Fleet fleet, RemoveRequest request) =>
        fleet
            .Operate()
            .RemoveAsync(
                request,
                (removal, _) =>
                {
                    asked = removal.Describe();
                    return Task.CompletedTask;
                },
                Token
            );

    private static async Task<Fleet> ServingAsync()
    {
        var fleet = new Fleet("web1", "web2") { Configure = WithStore };
        await fleet.Hosts[0].PullAsync("store", Store, null, null, Token);
        Assert.Null(await fleet.TryDeployAsync("1"));
        fleet.Hosts[0].Volumes.Add("data");
        fleet.TakeStory();
        Assert.NotNull(await fleet.Hosts[0].Store.ReadAsync(Secrets, Token));
        return fleet;
    }

    private static DeployConfig WithStore(DeployConfig config) =>
        config with
        {
            GeneratedSecrets = ["PASSWORD"],
            Accessories =
            [
                new AccessoryConfig
                {
                    Name = "db",
                    Service = "app-db",
                    Image = Store,
                    Hosts = [new HostConfig { Name = "web1" }],
                    Volumes = ["data:/data"],
                    Directories = [new MountedPath("files", "/files", null, null, null)],
                    Env = new EnvConfig { Secret = [new SecretVariable("PASSWORD", "PASSWORD")] },
                },
            ],
        };
}
