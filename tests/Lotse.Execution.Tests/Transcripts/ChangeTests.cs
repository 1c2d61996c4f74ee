using Lotse.Execution.Deployments;
using Lotse.Execution.Ports;

namespace Lotse.Execution.Tests.Transcripts;

/// <summary>Deploys of a release that shares its lower layers with one that the servers have.</summary>
public sealed class ChangeTests
{
    private const string Part = "[web1] load app:2: app@2 with sha256:code";
    private const string Pull = "[web1] pull reg/app@2 as app:2";

    [Fact]
    public async Task A_small_change_goes_in_one_request_to_hosts_that_could_pull()
    {
        var fleet = await ServingAsync(codeBytes: 300 << 10);
        await fleet.DeployAsync("2");
        Assert.Equal(Part, Images(fleet));
        Assert.Equal("2", fleet.Hosts[0].Serving);
        Assert.DoesNotContain(fleet.Remarks, r => r.Text.Contains("forbids", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_large_change_is_pulled_because_a_pull_can_go_on_after_a_break()
    {
        var fleet = await ServingAsync(codeBytes: ArchiveDelivery.MostOfChange + 1);
        await fleet.DeployAsync("2");
        Assert.Equal(Pull, Images(fleet));
    }

    [Fact]
    public async Task An_image_that_shares_nothing_is_pulled()
    {
        var fleet = await ServingAsync(codeBytes: 1);
        fleet.Hosts[0].Layers =
        [
            ["sha256:another base", "sha256:code"],
        ];
        await fleet.DeployAsync("2");
        Assert.Equal(Pull, Images(fleet));
    }

    [Fact]
    public async Task A_host_without_an_earlier_release_is_not_asked()
    {
        var fleet = New();
        await fleet.DeployAsync("1");
        Assert.Contains("pull reg/app@1", fleet.TakeTranscript(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HostFailure.Engine, "it is pulled")]
    [InlineData(HostFailure.Unreachable, "the connection broke")]
    public async Task What_the_engine_does_not_take_or_what_breaks_on_the_way_is_pulled(
        HostFailure failure,
        string said
    )
    {
        var fleet = await ServingAsync(codeBytes: 1);
        fleet.Hosts[0].Fault = call => call.StartsWith("load ", StringComparison.Ordinal) ? Failure(failure) : null;
        await fleet.DeployAsync("2");
        Assert.Equal($"{Part}\n{Pull}", Images(fleet));
        Assert.Contains(fleet.Remarks, r => r.Text.Contains(said, StringComparison.Ordinal));
        Assert.Equal("2", fleet.Hosts[0].Serving);
    }

    [Fact]
    public async Task A_full_disk_is_not_filled_once_more()
    {
        var fleet = await ServingAsync(codeBytes: 1);
        fleet.Hosts[0].Fault = call =>
            call.StartsWith("load ", StringComparison.Ordinal) ? Failure(HostFailure.NoSpace) : null;
        Assert.NotNull(await fleet.TryDeployAsync("2"));
        Assert.Equal(Part, Images(fleet));
        Assert.Equal("1", fleet.Hosts[0].Serving);
    }

    [Fact]
    public async Task A_host_whose_layers_cannot_be_told_pulls()
    {
        var fleet = await ServingAsync(codeBytes: 1);
        fleet.Hosts[0].OnListLayers = () => throw Failure(HostFailure.Engine);
        await fleet.DeployAsync("2");
        Assert.Equal(Pull, Images(fleet));
    }

    private static Fleet New()
    {
        var fleet = new Fleet("web1");
        fleet.Hosts[0].IsBuilder = false;
        fleet.Hosts[0].OnListLayers = () => Assert.Fail("nothing there could have the layers");
        return fleet;
    }

    private static async Task<Fleet> ServingAsync(long codeBytes)
    {
        var fleet = New();
        await fleet.DeployAsync("1");
        fleet.TakeTranscript();
        fleet.Layers = [new PackedLayer("sha256:base", 60L << 20), new PackedLayer("sha256:code", codeBytes)];
        fleet.Hosts[0].Layers =
        [
            ["sha256:base", "sha256:older code"],
        ];
        fleet.Hosts[0].OnListLayers = () => { };
        return fleet;
    }

    private static HostException Failure(HostFailure failure) => new(failure, "web1", "load app:2", "refused", "");

    private static string Images(Fleet fleet) =>
        string.Join(
            '\n',
            fleet.TakeTranscript().Split('\n').Where(l => l.Contains("] load ") || l.Contains("] pull "))
        );
}
