using System.Collections.Immutable;
using Lotse.Execution.Deployments;
using Lotse.Execution.Ports;
using Lotse.Execution.Reporting;

namespace Lotse.Execution.Tests.Transcripts;

/// <summary>Deploys to hosts that forbid the tunnel through which others pull images.</summary>
public sealed class ArchiveTests
{
    private static readonly ImmutableArray<string> Known = ["sha256:base", "sha256:of another image"];

    [Fact]
    public async Task A_host_that_forbids_the_tunnel_gets_the_layers_that_it_lacks_and_the_other_pulls()
    {
        var fleet = Forbidding("web1", "web2");
        await fleet.DeployAsync("1");
        Assert.Equal(
            """
            [web1] load app:1: app@1 with sha256:code
            [web2] pull reg/app@1 as app:1
            [web2] remove image reg/app@1
            """.ReplaceLineEndings("\n"),
            Images(fleet)
        );
        Assert.Equal("1", fleet.Hosts[0].Serving);
    }

    [Fact]
    public async Task It_is_said_once_for_each_such_host_and_with_what_would_allow_it()
    {
        var fleet = Forbidding("web1", "web2");
        await fleet.DeployAsync("1");
        var said = Assert.Single(fleet.Remarks);
        Assert.Equal("web1", said.Host);
        Assert.Contains("AllowTcpForwarding remote", said.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_engine_that_does_not_take_a_part_gets_all_layers_and_that_is_said()
    {
        var fleet = Forbidding("web1");
        fleet.Hosts[0].Fault = call => IsPart(call) ? Failure(HostFailure.Engine) : null;
        await fleet.DeployAsync("1");
        Assert.Equal(
            """
            [web1] load app:1: app@1 with sha256:code
            [web1] load app:1: app@1 with sha256:base sha256:code
            """.ReplaceLineEndings("\n"),
            Images(fleet)
        );
        Assert.Contains(fleet.Remarks, r => r.Text.Contains("all are sent", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(HostFailure.Unreachable, 2)]
    [InlineData(HostFailure.NoSpace, 1)]
    public async Task What_all_layers_would_not_mend_is_not_tried_with_all(HostFailure failure, int tries)
    {
        var fleet = Forbidding("web1");
        fleet.Hosts[0].Fault = call => IsPart(call) ? Failure(failure) : null;
        var stopped = await fleet.TryDeployAsync("1");
        Assert.Contains("refused", stopped?.Message, StringComparison.Ordinal);
        var part = "[web1] load app:1: app@1 with sha256:code";
        Assert.Equal(string.Join('\n', Enumerable.Repeat(part, tries)), Images(fleet));
    }

    [Theory]
    [InlineData("a b c", "", 0)]
    [InlineData("a b c", "a b c", 3)]
    [InlineData("a b c", "a b c d|a", 3)]
    [InlineData("a b c", "a x c|b c|c", 1)]
    [InlineData("", "a", 0)]
    public void A_layer_is_there_when_some_image_has_it_above_the_same_layers(string layers, string there, int present)
    {
        var images = there.Split('|').Select(Words).ToImmutableArray();
        Assert.Equal(present, ArchiveDelivery.CountPresent(Words(layers), images));
    }

    private static ImmutableArray<string> Words(string text) =>
        [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries)];

    private static Fleet Forbidding(params string[] hosts)
    {
        var fleet = new Fleet(hosts);
        fleet.Hosts[0].ForbidsForwarding = true;
        fleet.Hosts[0].Layers = [Known];
        return fleet;
    }

    private static bool IsPart(string call) => call.EndsWith("with sha256:code", StringComparison.Ordinal);

    private static HostException Failure(HostFailure failure) => new(failure, "web1", "load app:1", "refused", "");

    private static string Images(Fleet fleet) =>
        string.Join(
            '\n',
            fleet
                .TakeTranscript()
                .Split('\n')
                .Where(l => l.Contains("] load ") || l.Contains("] pull ") || l.Contains("] remove image "))
        );
}
