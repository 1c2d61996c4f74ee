using Lotse.Execution.Ports;

namespace Lotse.Execution.Tests.Transcripts;

/// <summary>The connection breaks while a host is brought what a first deploy needs beside the release.</summary>
public sealed class FirstImagesTests
{
    [Theory]
    [InlineData(HostFailure.Unreachable, 1, true)]
    [InlineData(HostFailure.Unreachable, 2, false)]
    [InlineData(HostFailure.Engine, 1, false)]
    public async Task It_is_made_anew_once(HostFailure failure, int times, bool isDeployed)
    {
        var fleet = new Fleet("web1");
        fleet.Hosts[0].IsBuilder = false;
        var left = times;
        fleet.Hosts[0].Fault = call =>
            call.StartsWith("pull", StringComparison.Ordinal)
            && call.Contains("proxy", StringComparison.Ordinal)
            && left-- > 0
                ? new HostException(failure, "web1", call, "it broke", "")
                : null;

        var failed = await Record.ExceptionAsync(() => fleet.DeployAsync("1"));

        Assert.Equal(isDeployed, failed is null);
        Assert.Equal(isDeployed ? "1" : null, fleet.Hosts[0].Serving);
        var said = fleet.Remarks.Count(r =>
            r.Host == "web1"
            && r.Text.StartsWith("the connection broke; connecting again to bring ", StringComparison.Ordinal)
        );
        Assert.Equal(failure == HostFailure.Unreachable ? 1 : 0, said);
    }
}
