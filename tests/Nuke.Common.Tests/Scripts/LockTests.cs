namespace Nuke.Common.Tests.Scripts;

/// <summary>Several starts of build.sh at once.</summary>
public sealed class LockTests : IDisposable
{
    private readonly ScriptTree tree = new();
    private readonly FakeTools tools;

    public LockTests()
    {
        ScriptTree.SkipWhereMissing(ScriptTree.Sh);
        tools = new FakeTools(tree);
        tools.WriteDotnet();
        tree.Environment["FAKE_COMPILE_SECONDS"] = "0.5";
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Starts_at_once_compile_once_and_all_start_the_build(bool withFlock)
    {
        if (withFlock)
            Assert.SkipUnless(tools.TryLink("flock"), "flock is not installed");

        var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => tree.RunAsync(ScriptTree.Sh, "Show")));

        Assert.All(results, x => Assert.Contains("_build.dll Show", x.Output));
        Assert.All(results, x => Assert.Empty(x.Error));
        Assert.Equal(1, tree.Compilations);
        Assert.False(tree.Exists("problems.txt"));
        Assert.False(tree.Exists(".nuke/temp/build.lock.d"));
    }

    [Fact]
    public async Task The_lock_of_a_dead_owner_is_taken_away()
    {
        tree.WriteFile(".nuke/temp/build.lock.d/owner", int.MaxValue.ToString(provider: null));
        var result = await tree.RunAsync(ScriptTree.Sh, "Show");

        Assert.Contains("_build.dll Show", result.Output);
        Assert.False(tree.Exists(".nuke/temp/build.lock.d"));
    }

    [Fact]
    public async Task A_failed_compilation_gives_the_lock_back()
    {
        tools.Write("dotnet", "[ \"$1\" = --version ] || { printf 'broken\\n'; exit 1; }\n");
        var result = await tree.RunAsync(ScriptTree.Sh, "Show");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("broken\n", result.Error);
        Assert.False(tree.Exists(".nuke/temp/build.lock.d"));
    }

    public void Dispose() => tree.Dispose();
}
