using Lotse.Execution.Deployments;
using Lotse.Execution.Ports;

namespace Lotse.Execution.Tests.Transcripts;

/// <summary>Whether an image has room on the hosts' disks.</summary>
public sealed class RoomTests
{
    private const long MiB = 1 << 20;

    [Fact]
    public async Task Less_than_any_image_needs_is_refused_before_the_build()
    {
        var fleet = new Fleet("web1", "web2");
        fleet.Hosts[1].FreeBytes = 511 * MiB;

        var refused = Assert.IsType<UserException>(await fleet.TryDeployAsync("1"));

        Assert.Contains(
            "[web2] only 511 MiB are free on the disk at /disk; an image and its layers need 512 MiB",
            refused.Message,
            StringComparison.Ordinal
        );
        Assert.Contains("`./build.sh Prune`", refused.Message, StringComparison.Ordinal);
        Assert.Equal("", fleet.TakeTranscript());
    }

    [Fact]
    public async Task Less_than_the_release_that_serves_takes_is_warned_of()
    {
        var fleet = new Fleet("web1", "web2");
        await fleet.DeployAsync("1");
        fleet.Hosts[0].ImageBytes = fleet.Hosts[1].ImageBytes = 700 * MiB;
        fleet.Hosts[0].FreeBytes = 600 * MiB;
        fleet.Hosts[1].FreeBytes = 700 * MiB;

        await fleet.DeployAsync("2");

        var warning = Assert.Single(fleet.Warnings);
        Assert.Equal("web1", warning.Host);
        Assert.Contains("only 600 MiB are free", warning.Text, StringComparison.Ordinal);
        Assert.Contains("takes 700 MiB", warning.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_image_is_refused_on_all_hosts_that_have_no_room_for_what_they_lack_and_nothing_is_sent()
    {
        var fleet = Remote("web1", "web2", "web3", "web4");
        fleet.Layers = [new PackedLayer("sha256:base", 300 * MiB), new PackedLayer("sha256:code", 200 * MiB)];
        fleet.Hosts[0].FreeBytes = 2000 * MiB;
        fleet.Hosts[1].FreeBytes = 1999 * MiB;
        (fleet.Hosts[2].FreeBytes, fleet.Hosts[2].Layers) = (
            800 * MiB,
            [
                ["sha256:base"],
            ]
        );
        (fleet.Hosts[3].FreeBytes, fleet.Hosts[3].Layers) = (
            799 * MiB,
            [
                ["sha256:base"],
            ]
        );

        var refused = Assert.IsType<UserException>(await TryPushAsync(fleet));

        var told = refused.Message.Split('\n');
        Assert.Equal("app:1 has no room on 2 host(s); nothing of it was sent, and what served serves on:", told[0]);
        Assert.StartsWith(
            "  - [web2] only 1999 MiB are free on the disk at /disk; the 2 layer(s) that it lacks take 500 MiB packed and need 2000 MiB",
            told[1],
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "  - [web4] only 799 MiB are free on the disk at /disk; the 1 layer(s) that it lacks take 200 MiB packed and need 800 MiB",
            told[2],
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("[web1]", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("[web3]", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("] pull ", fleet.TakeTranscript(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_image_that_fits_everywhere_costs_no_question()
    {
        var fleet = Remote("web1");
        fleet.Layers = [new PackedLayer("sha256:code", 100 * MiB)];
        fleet.Hosts[0].FreeBytes = 600 * MiB;
        fleet.Hosts[0].OnListLayers = () => Assert.Fail("It was asked which layers it has.");

        Assert.Null(await TryPushAsync(fleet));
    }

    [Fact]
    public async Task What_runs_beside_the_release_needs_room_too()
    {
        var fleet = Remote("web1", "web2");
        fleet.Layers = [new PackedLayer("sha256:proxy", 200 * MiB)];
        fleet.Hosts[1].FreeBytes = 600 * MiB;

        var refused = Assert.IsType<UserException>(await fleet.TryDeployAsync("1"));

        Assert.StartsWith("lotse-proxy:1 has no room on 1 host(s)", refused.Message, StringComparison.Ordinal);
        Assert.Contains("[web2] only 600 MiB are free", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("] pull ", fleet.TakeTranscript(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disk_that_gets_full_in_the_middle_of_a_pull_is_named_with_what_it_has_free()
    {
        var fleet = new Fleet("web1");
        await fleet.DeployAsync("1");
        fleet.Hosts[0].FreeBytes = 600 * MiB;
        fleet.Hosts[0].Fault = call =>
        {
            if (!call.StartsWith("pull ", StringComparison.Ordinal))
            {
                return null;
            }

            fleet.Hosts[0].FreeBytes = 3 * MiB;
            return new HostException(HostFailure.NoSpace, "web1", "pull app:2", "no space left on device", "");
        };

        var failed = await fleet.TryDeployAsync("2");

        Assert.Contains(
            "[web1] pull app:2: no space left on device; 3 MiB are free on the disk at /disk now\n  → Free some:",
            failed?.Message,
            StringComparison.Ordinal
        );
        Assert.Equal("1", fleet.Hosts[0].Serving);
    }

    private static Fleet Remote(params string[] hosts)
    {
        var fleet = new Fleet(hosts);
        foreach (var host in fleet.Hosts)
        {
            host.IsBuilder = false;
        }

        return fleet;
    }

    /// <summary>Looks and pushes; gives what stopped it.</summary>
    private static Task<Exception?> TryPushAsync(Fleet fleet) =>
        fleet.WithTimeAsync(PushAsync(fleet, TestContext.Current.CancellationToken));

    private static async Task PushAsync(Fleet fleet, CancellationToken cancellation)
    {
        await using var deployment = fleet.Begin("1");
        await deployment.LookAsync(cancellation);
        var built = new BuiltImage
        {
            Reference = "app:1",
            ImageId = "sha256:1",
            SizeBytes = 1,
            Layers = [.. fleet.Layers.Select(l => l.Digest)],
            Builder = "classic",
        };
        await deployment.PushAsync(built, new Progress<LayerProgress>(), cancellation);
    }
}
