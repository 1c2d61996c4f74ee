using Lotse.Configuration;
using Lotse.Execution.Deployments;

namespace Lotse.Execution.Tests.Transcripts;

/// <summary>A preview looks as a deploy does, shows all that one would do, and leaves everything as it was.</summary>
public sealed class ForecastTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_shows_how_the_image_comes_and_changes_nothing()
    {
        var fleet = await ServingAsync();
        var forecast = await ForeseeAsync(fleet, "2");
        Assert.Equal(
            ["build app:2 from Dockerfile on this machine's engine", "push app:2 to the embedded registry"],
            forecast.Image
        );
        Assert.StartsWith(
            "prepare\n  [web1] pull app:2\n  [web2] pull app:2\nstage\n  [web1] create container app-web-2",
            forecast.Found.Plan.Describe(),
            StringComparison.Ordinal
        );
        Assert.Empty(forecast.Problems);
        Assert.Equal("", fleet.TakeStory());
        Assert.Empty((await ForeseeAsync(fleet, "1")).Image);
    }

    [Fact]
    public async Task No_secret_is_generated()
    {
        var fleet = new Fleet("web1") { Configure = c => c with { GeneratedSecrets = ["PASSWORD"] } };
        Assert.Equal(["PASSWORD"], (await ForeseeAsync(fleet, "1")).MissingSecrets);
        Assert.Null(await fleet.Hosts[0].Store.ReadAsync("secrets.json", Token));
        await fleet.DeployAsync("1");
        Assert.Empty((await ForeseeAsync(fleet, "2")).MissingSecrets);
    }

    [Fact]
    public async Task A_lease_that_is_held_stands_beside_the_plan()
    {
        var fleet = await ServingAsync();
        await using var other = fleet.Begin("9");
        await other.LookAsync(Token);
        await other.PrepareAsync(new PushedImage("app@9", "app:9"), Token);
        var forecast = await ForeseeAsync(fleet, "2");
        Assert.Equal(2, forecast.Problems.Length);
        Assert.Contains("holds the lease for 'deploy 9'", forecast.Problems[0], StringComparison.Ordinal);
        Assert.False(forecast.Found.IsUpToDate);
        await Assert.ThrowsAnyAsync<Exception>(() => fleet.DeployAsync("2"));
    }

    [Fact]
    public async Task A_host_that_is_not_configured_any_more_is_told_of_until_a_deploy_has_gone_without_it()
    {
        var fleet = await ServingAsync();
        fleet.Configure = c => c with { Roles = [c.Roles[0] with { Hosts = [new HostConfig { Name = "web1" }] }] };
        var note = Assert.Single((await ForeseeAsync(fleet, "2")).Found.Plan.Notes);
        Assert.StartsWith("[web2] is not in the configuration any more, and got 1 on ", note, StringComparison.Ordinal);
        await fleet.DeployAsync("2");
        Assert.Empty((await ForeseeAsync(fleet, "3")).Found.Plan.Notes);
    }

    private static async Task<Forecast> ForeseeAsync(Fleet fleet, string version)
    {
        await using var deployment = fleet.Begin(version);
        return await deployment.ForeseeAsync(Token);
    }

    private static async Task<Fleet> ServingAsync()
    {
        var fleet = new Fleet("web1", "web2");
        await fleet.DeployAsync("1");
        fleet.TakeStory();
        return fleet;
    }
}
