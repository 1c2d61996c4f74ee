using Lotse.Hosts.Images.Bases;
using Lotse.Hosts.Images.StandIns;

namespace Lotse.Hosts.Tests.Images;

public sealed class ImageNameTests
{
    [Theory]
    [InlineData("postgres", "docker.io", "library/postgres", "latest", "registry-1.docker.io", 443)]
    [InlineData("postgres:17", "docker.io", "library/postgres", "17", "registry-1.docker.io", 443)]
    [InlineData("bitnami/redis:7", "docker.io", "bitnami/redis", "7", "registry-1.docker.io", 443)]
    [InlineData("index.docker.io/a/b", "docker.io", "a/b", "latest", "registry-1.docker.io", 443)]
    [InlineData(
        "mcr.microsoft.com/dotnet/aspnet:10.0",
        "mcr.microsoft.com",
        "dotnet/aspnet",
        "10.0",
        "mcr.microsoft.com",
        443
    )]
    [InlineData("localhost/a", "localhost", "a", "latest", "localhost", 443)]
    [InlineData("127.0.0.1:5000/a/b:c", "127.0.0.1:5000", "a/b", "c", "127.0.0.1", 5000)]
    public void What_is_left_out_is_filled_in(
        string text,
        string registry,
        string path,
        string tag,
        string host,
        int port
    )
    {
        var name = ImageName.Parse(text)!;
        Assert.Equal(new ImageName(registry, path, tag, ""), name);
        Assert.Equal((host, port), name.Endpoint);
    }

    [Fact]
    public void A_digest_needs_no_tag()
    {
        var digest = "sha256:" + new string('a', 64);
        Assert.Equal(new("docker.io", "library/a", "", digest), ImageName.Parse($"a@{digest}"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Postgres")]
    [InlineData("a b")]
    [InlineData("a:")]
    [InlineData("https://mcr.microsoft.com/x")]
    [InlineData("a@sha256:zz")]
    public void Other_texts_are_no_names(string text) => Assert.Null(ImageName.Parse(text));

    [Theory]
    [InlineData("mcr.microsoft.com/dotnet/aspnet:10.0", "aspnet")]
    [InlineData("mcr.microsoft.com/dotnet/aspnet:10.0-noble", "aspnet")]
    [InlineData("mcr.microsoft.com/dotnet/runtime:10.0.3", "runtime")]
    [InlineData("mcr.microsoft.com/dotnet/runtime-deps:10.0-noble-chiseled", "runtime-deps")]
    [InlineData("mcr.microsoft.com/dotnet/runtime-deps", "runtime-deps")]
    [InlineData("mcr.microsoft.com/dotnet/sdk:10.0", null)]
    [InlineData("mcr.microsoft.com/dotnet/aspnet:10.0-alpine", null)]
    [InlineData("mcr.microsoft.com/dotnet/aspnet:1.0", null)]
    [InlineData("elsewhere.example/dotnet/aspnet:10.0", null)]
    public void Dotnet_images_have_a_recipe_where_this_machine_has_their_version(string image, string? kind)
    {
        var recipe = DotnetRecipe.Find(ImageName.Parse(image)!, DotnetInstallation.Find()).Recipe;
        Assert.Equal(kind, recipe?.Kind);
        Assert.Equal(kind is "aspnet" or "runtime", recipe?.Version is not null);
        Assert.Equal(kind is "aspnet", recipe?.AspNetVersion is not null);
    }

    [Theory]
    [InlineData("postgres:17", 17)]
    [InlineData("postgres:16.3-alpine", 16)]
    [InlineData("docker.io/library/postgres:15-bookworm", 15)]
    [InlineData("postgres", null)]
    public void Postgres_has_a_recipe_for_each_version(string image, int? major) =>
        Assert.Equal(major, PostgresRecipe.Find(ImageName.Parse(image)!)!.Major);

    [Theory]
    [InlineData("mysql:8")]
    [InlineData("someone/postgres:17")]
    [InlineData("postgres:bookworm")]
    public void Other_images_have_none(string image) => Assert.Null(PostgresRecipe.Find(ImageName.Parse(image)!));

    [Theory]
    [InlineData("10.0", "10.0.12")]
    [InlineData("8.0", null)]
    [InlineData("11.0", "11.0.0-rc.1.2")]
    [InlineData(null, "11.0.0-rc.1.2")]
    public void The_newest_fitting_version_is_taken(string? wanted, string? expected) =>
        Assert.Equal(
            expected,
            DotnetInstallation.Newest(
                ["10.0.2", "10.0.12", "9.0.30", "11.0.0-preview.7.1", "11.0.0-rc.1.2", "junk"],
                wanted
            )
        );

    [Theory]
    [InlineData("./lib/x86_64-linux-gnu/libc.so.6", "usr/lib/x86_64-linux-gnu/libc.so.6")]
    [InlineData("./usr/lib/a", "usr/lib/a")]
    [InlineData("./bin/busybox", "usr/bin/busybox")]
    [InlineData("./lib", "")]
    [InlineData("./", "")]
    [InlineData("./library/x", "library/x")]
    [InlineData("./etc/", "etc")]
    public void Packages_go_to_the_merged_layout(string name, string place) =>
        Assert.Equal(place, PackageUnpacker.Place(name));
}
