using Lotse.Testing.Processes;

namespace Nuke.Common.Tests.Scripts;

/// <summary>The scripts with the real compiler: when they compile, and what they start.</summary>
public sealed class CompilationTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly ScriptTree tree = new();

    [Theory]
    [InlineData(ScriptTree.Sh)]
    [InlineData(ScriptTree.Ps1)]
    public async Task The_build_is_compiled_on_change_and_nothing_starts_while_it_does_not_compile(string script)
    {
        ScriptTree.SkipWhereMissing(script);
        Assert.Contains("1 [-] tree root", await ShowAsync(script));
        Assert.Contains("1 [-] tree root", await ShowAsync(script));
        Assert.Equal(1, tree.Compilations);

        tree.WriteFile("src/Lib/Lib.cs", "static class Lib { public const int Number = 2; }");
        tree.WriteFile("src/Lib/Broken.cs", "static class Broken { public const int Number = \"x\"; }");
        await AssertBrokenAsync(script);
        await AssertBrokenAsync(script);

        tree.Delete("src/Lib/Broken.cs");
        Assert.Contains("2 [-] tree root", await ShowAsync(script));
        Assert.Equal(2, tree.Compilations);
    }

    [Theory]
    [InlineData(ScriptTree.Sh)]
    [InlineData(ScriptTree.Ps1)]
    public async Task Arguments_and_exit_code_pass_through_from_any_directory(string script)
    {
        ScriptTree.SkipWhereMissing(script);

        Assert.Contains("[a b $c]", (await tree.RunAsync(script, "Show", "--text", "a b $c")).Output);
        Assert.Contains("tree root", (await tree.RunFromAsync(tree.PathOf("src"), script, "Show")).Output);
        Assert.Contains("tree root", (await tree.RunFromAsync(tree.Outside, script, "Show", "--text", "x")).Output);

        var failed = await tree.RunAsync(script, "Fail");
        Assert.Equal(OperatingSystem.IsWindows() ? -1 : 255, failed.ExitCode);
        Assert.Contains("on purpose", failed.Output);
        Assert.Equal(1, tree.Compilations);
    }

    [Fact]
    public async Task A_running_build_survives_the_next_compilation_and_sums_up_when_it_is_interrupted()
    {
        ScriptTree.SkipWhereMissing(ScriptTree.Sh);
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux tells which files a process has mapped");
        await using var running = tree.Start(ScriptTree.Sh, "Hang");
        await running.WaitForLineAsync(
            x => x.EndsWith("hanging", StringComparison.Ordinal),
            Limit,
            TestContext.Current.CancellationToken
        );
        Assert.NotEmpty(FilesOf(running));

        tree.WriteFile("src/Lib/Lib.cs", "static class Lib { public const int Number = 4; }");
        Assert.Contains("4 [-]", await ShowAsync(ScriptTree.Sh));

        // Its files have left the folder, so nothing can have written to them.
        Assert.All(FilesOf(running), line => Assert.EndsWith("(deleted)", line, StringComparison.Ordinal));

        running.Send(Signal.Interrupt);
        var result = await running.WaitForExitAsync(Limit, TestContext.Current.CancellationToken);
        Assert.Equal(130, result.ExitCode);
        Assert.Matches(@"\nHang +Aborted ", result.Output);
        Assert.Contains("Build failed on", result.Output);
    }

    public void Dispose() => tree.Dispose();

    private async Task<string> ShowAsync(string script)
    {
        var result = await tree.RunAsync(script, "Show");
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        return result.Output;
    }

    private async Task AssertBrokenAsync(string script)
    {
        var result = await tree.RunAsync(script, "Show");
        Assert.Equal(1, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.Single(result.Error.Split('\n'), x => x.Contains("error CS0029", StringComparison.Ordinal));
        Assert.Contains("The build does not compile; nothing was started.", result.Error);
    }

    private string[] FilesOf(TestProcess process) =>
        [.. File.ReadAllLines($"/proc/{process.Id}/maps").Where(x => x.Contains(tree.Root, StringComparison.Ordinal))];
}
