using Lotse.Testing.Processes;

namespace Nuke.Common.Tests.Scripts;

/// <summary>What build.sh counts as a change, with a compiler that only notes that it was called.</summary>
public sealed class InputTests : IDisposable
{
    private readonly ScriptTree tree = new();

    public InputTests()
    {
        ScriptTree.SkipWhereMissing(ScriptTree.Sh);
        new FakeTools(tree).WriteDotnet();
    }

    [Theory]
    [InlineData("src/Lib/Lib.cs")]
    [InlineData("build/Build.cs")]
    [InlineData("build/_build.csproj")]
    [InlineData("Directory.Build.props")]
    [InlineData("Directory.Packages.props")]
    [InlineData("global.json")]
    [InlineData("BannedSymbols.txt")]
    [InlineData(".editorconfig")]
    public async Task An_input_that_was_touched_counts(string file) =>
        Assert.Equal(2, await CompilationsAfterAsync(() => Touch(file)));

    [Fact]
    public async Task An_input_that_is_older_than_the_last_compilation_counts_when_it_is_another() =>
        Assert.Equal(
            2,
            await CompilationsAfterAsync(() => File.SetLastWriteTimeUtc(tree.PathOf("src/Lib/Lib.cs"), LongAgo))
        );

    [Fact]
    public async Task A_new_input_counts() =>
        Assert.Equal(2, await CompilationsAfterAsync(() => tree.WriteFile("src/Lib/New.cs", "")));

    [Fact]
    public async Task A_removed_input_counts() =>
        Assert.Equal(2, await CompilationsAfterAsync(() => tree.Delete("src/Lib/Lib.cs")));

    [Fact]
    public async Task A_missing_assembly_counts() =>
        Assert.Equal(2, await CompilationsAfterAsync(() => tree.Delete("build/bin/Release/_build.dll")));

    [Theory]
    [InlineData("src/Gocatest/App.cs")]
    [InlineData("src/Lotse.Proxy/Program.cs")]
    [InlineData("src/Lib/obj/project.assets.json")]
    [InlineData("src/Lib/bin/Debug/Lib.dll")]
    [InlineData("tests/Tests.cs")]
    public async Task What_the_build_is_not_made_of_does_not_count(string file) =>
        Assert.Equal(1, await CompilationsAfterAsync(() => tree.WriteFile(file, "changed")));

    [Fact]
    public async Task The_folder_of_another_time_zone_is_the_same()
    {
        tree.Environment["TZ"] = "Europe/Berlin";

        Assert.Equal(1, await CompilationsAfterAsync(() => tree.Environment["TZ"] = "Asia/Tokyo"));
    }

    [Fact]
    public async Task The_script_can_be_started_through_symbolic_links()
    {
        Directory.CreateDirectory(tree.PathOf("bin here"));
        File.CreateSymbolicLink(tree.PathOf("bin here/first.sh"), "../build.sh");
        File.CreateSymbolicLink(tree.PathOf("second.sh"), tree.PathOf("bin here/first.sh"));

        Assert.Contains(tree.PathOf("build/bin/Release/_build.dll"), (await tree.RunAsync("second.sh")).Output);
    }

    [Fact]
    public async Task A_root_that_the_user_names_is_kept()
    {
        var result = await tree.RunFromAsync(tree.Outside, ScriptTree.Sh, "Show", "--root", "elsewhere");

        Assert.EndsWith("_build.dll Show --root elsewhere", result.Output.Trim(), StringComparison.Ordinal);
    }

    public void Dispose() => tree.Dispose();

    private static DateTime LongAgo => new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private void Touch(string file) => File.WriteAllText(tree.PathOf(file), tree.ReadFile(file));

    private async Task<int> CompilationsAfterAsync(Action change)
    {
        await StartAsync();
        change();
        await StartAsync();
        await StartAsync();
        return tree.Compilations;
    }

    private async Task<ProcessResult> StartAsync()
    {
        var result = await tree.RunAsync(ScriptTree.Sh, "Show");
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        return result;
    }
}
