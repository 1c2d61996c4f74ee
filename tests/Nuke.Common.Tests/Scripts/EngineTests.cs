using System.IO.Compression;

namespace Nuke.Common.Tests.Scripts;

/// <summary>How build.sh finds out which NUKE there is: with the real NuGet, and feeds in folders.</summary>
public sealed class EngineTests : IDisposable
{
    private const string EngineFile = ".nuke/temp/engine.props";

    private readonly ScriptTree tree = new();

    public EngineTests()
    {
        ScriptTree.SkipWhereMissing(ScriptTree.Sh);
        new FakeTools(tree).WriteDotnet();
        tree.Environment["NUKE_ENGINE"] = null;
        tree.Environment["NUGET_PACKAGES"] = tree.PathOf("packages");
        tree.Environment["NUGET_ENHANCED_MAX_NETWORK_TRY_COUNT"] = "1";
    }

    [Fact]
    public async Task A_feed_without_the_package_gives_the_subset_once_and_for_all()
    {
        UseFeed("feed");
        var first = await tree.RunAsync(ScriptTree.Sh);

        Assert.Equal(
            "Engine: the subset in build/nuke, because the NuGet feed has no Nuke.Common 10.1.0.",
            first.Error.Trim()
        );
        Assert.Contains("<NukeEngine>subset</NukeEngine>", tree.ReadFile(EngineFile));
        Assert.Contains("-p:NukeEngine=subset", tree.ReadFile("compiled.txt"));

        tree.WriteFile("src/Lib/Lib.cs", "");
        Assert.Empty((await tree.RunAsync(ScriptTree.Sh)).Error);
        Assert.Equal(2, tree.Compilations);
    }

    [Fact]
    public async Task A_feed_with_the_package_gives_the_package()
    {
        UseFeed("feed");
        WritePackage("feed/nuke.common.10.1.0.nupkg", "10.1.0");
        var result = await tree.RunAsync(ScriptTree.Sh);

        Assert.Equal("Engine: Nuke.Common 10.1.0, which the NuGet feed carries.", result.Error.Trim());
        Assert.Contains("<NukeEngine>package</NukeEngine>", tree.ReadFile(EngineFile));
        Assert.Contains("-p:NukeEngine=package", tree.ReadFile("compiled.txt"));
    }

    [Fact]
    public async Task A_feed_with_another_version_gives_the_subset()
    {
        UseFeed("feed");
        WritePackage("feed/nuke.common.9.0.0.nupkg", "9.0.0");
        await tree.RunAsync(ScriptTree.Sh);

        Assert.Contains("<NukeEngine>subset</NukeEngine>", tree.ReadFile(EngineFile));
    }

    [Fact]
    public async Task A_feed_that_does_not_answer_gives_the_subset_for_this_time_only()
    {
        UseFeed("http://127.0.0.1:1/index.json");
        var result = await tree.RunAsync(ScriptTree.Sh);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("the subset in build/nuke for now", result.Error);
        Assert.Contains("-p:NukeEngine=subset", tree.ReadFile("compiled.txt"));
        Assert.False(tree.Exists(EngineFile));
    }

    [Fact]
    public async Task The_environment_overrides_what_was_found_out_and_compiles_again()
    {
        tree.WriteFile(EngineFile, "<Project><PropertyGroup><NukeEngine>subset</NukeEngine></PropertyGroup></Project>");
        await tree.RunAsync(ScriptTree.Sh);

        tree.Environment["NUKE_ENGINE"] = "package";
        await tree.RunAsync(ScriptTree.Sh);
        await tree.RunAsync(ScriptTree.Sh);

        Assert.Equal(2, tree.Compilations);
        Assert.Contains("-p:NukeEngine=package", tree.ReadFile("compiled.txt").Split('\n')[1]);
        Assert.Contains("<NukeEngine>subset</NukeEngine>", tree.ReadFile(EngineFile));
    }

    [Fact]
    public async Task The_override_must_name_an_engine()
    {
        tree.Environment["NUKE_ENGINE"] = "fallout";
        var result = await tree.RunAsync(ScriptTree.Sh);

        Assert.Equal(1, result.ExitCode);
        Assert.Equal("NUKE_ENGINE is 'fallout'. It can be 'package' or 'subset'.", result.Error.Trim());
    }

    public void Dispose() => tree.Dispose();

    private void UseFeed(string source)
    {
        if (!source.Contains(':', StringComparison.Ordinal))
            Directory.CreateDirectory(tree.PathOf(source));
        tree.WriteFile(
            "NuGet.config",
            $"""
            <configuration>
              <packageSources>
                <clear />
                <add key="test" value="{source}" allowInsecureConnections="true" />
              </packageSources>
            </configuration>
            """
        );
    }

    private void WritePackage(string name, string version)
    {
        using var package = ZipFile.Open(tree.PathOf(name), ZipArchiveMode.Create);
        using var writer = new StreamWriter(package.CreateEntry("Nuke.Common.nuspec").Open());
        writer.Write(
            $"""
            <package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd">
              <metadata>
                <id>Nuke.Common</id>
                <version>{version}</version>
                <authors>test</authors>
                <description>Empty.</description>
              </metadata>
            </package>
            """
        );
    }
}
