using Lotse.Hosts.Images.Bases;
using Lotse.Hosts.Images.StandIns;
using Lotse.Hosts.Tests.Local;

namespace Lotse.Hosts.Tests.Images;

/// <summary>Stand-ins for .NET images are made from real packages, loaded into the real engine and run.</summary>
public sealed class StandInTests(RealEngine engine)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Dotnet_runs_in_the_aspnet_stand_in()
    {
        var image = await engine.StandInAsync("mcr.microsoft.com/dotnet/aspnet:10.0");
        var lines = await RunAsync(image, "dotnet --list-runtimes && id -u app && echo $ASPNETCORE_HTTP_PORTS");
        Assert.Contains(lines, line => line.StartsWith("Microsoft.NETCore.App 10.0.", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("Microsoft.AspNetCore.App 10.0.", StringComparison.Ordinal));
        Assert.Equal(["1654", "8080"], lines.TakeLast(2));
    }

    [AllOnly(
        "ImageNameTests.Dotnet_images_have_a_recipe_where_this_machine_has_their_version: the recipe says which frameworks go in, and the image of ASP.NET Core shows that it is followed"
    )]
    [Fact]
    public async Task The_runtime_stand_in_has_no_aspnet()
    {
        var image = await engine.StandInAsync("mcr.microsoft.com/dotnet/runtime:10.0");
        var lines = await RunAsync(image, "dotnet --list-runtimes");
        Assert.StartsWith("Microsoft.NETCore.App 10.0.", Assert.Single(lines), StringComparison.Ordinal);
    }

    [Fact]
    [AllOnly(
        "UpgradeTests of Lotse.Servers.Tests: the edge proxy of each server there is a native program on this stand-in"
    )]
    public async Task The_runtime_deps_stand_in_is_small_and_has_what_native_programs_need()
    {
        var image = await engine.StandInAsync("mcr.microsoft.com/dotnet/runtime-deps:10.0");
        var lines = await RunAsync(
            image,
            "grep -c BEGIN /usr/lib/ssl/cert.pem; TZ=Asia/Tokyo date -d @0 +%H; ls /lib/*/libssl.so.3 /lib/*/libstdc++.so.6; wget --help 2>&1 | head -1"
        );
        Assert.True(int.Parse(lines[0], System.Globalization.CultureInfo.InvariantCulture) > 100);
        Assert.Equal("09", lines[1]);
        Assert.Equal(5, lines.Count);
        var inspected = await engine.Client.Images.InspectImageAsync(image, Cancellation);
        Assert.InRange(inspected.Size, 10_000_000, 40_000_000);
        Assert.Equal("true", inspected.Config.Labels[StandInRecipe.Label]);
    }

    /// <param name="cache">Whose packages the second one is made of.</param>
    [Theory]
    [RepresentedBy(
        "the shared cache: two at once wait for each other and come to one image; all packages downloaded anew take half a minute to say the same of their bytes"
    )]
    [InlineData("the first one's")]
    [AllOnlyData("its own")]
    public async Task The_same_packages_give_the_same_image_and_two_at_once_get_it_both(string cache)
    {
        using var otherCache = new TemporaryFolder();
        const string Original = "mcr.microsoft.com/dotnet/runtime-deps:10.0";
        var images = await Task.WhenAll(
            engine.MakeStandInAsync(Original),
            engine.MakeStandInAsync(Original, cache == "its own" ? otherCache.Path : null)
        );
        var ids = await Task.WhenAll(images.Select(i => LocalImage.FindAsync(engine.Client, i, Cancellation)));
        Assert.Single(ids.Select(i => i!.Id).Distinct());
    }

    private Task<IReadOnlyList<string>> RunAsync(string image, string script) =>
        Docker.RunAsync(engine.Address, "run", "--rm", "--network=none", image, "sh", "-c", script);
}
