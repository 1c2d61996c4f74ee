namespace Nuke.Common.Tests.Scripts;

/// <summary>build.sh on a machine without a suitable .NET SDK.</summary>
public sealed class SdkTests : IDisposable
{
    private readonly ScriptTree tree = new();
    private readonly FakeTools tools;

    public SdkTests()
    {
        ScriptTree.SkipWhereMissing(ScriptTree.Sh);
        tools = new FakeTools(tree);
        tree.Environment["DOTNET_ROOT"] = null;
    }

    [Theory]
    [InlineData("curl")]
    [InlineData("wget")]
    public async Task The_SDK_is_installed_by_the_official_script_and_used(string downloader)
    {
        WriteDownloader(downloader);
        var first = await tree.RunAsync(ScriptTree.Sh, "Show");
        var second = await tree.RunAsync(ScriptTree.Sh, "Show");

        var sdk = tree.PathOf(".nuke/temp/dotnet");
        Assert.Contains("Installing the .NET SDK of global.json", first.Error);
        Assert.Contains($"--jsonfile {tree.PathOf("global.json")} --install-dir {sdk} --no-path", first.Error);
        Assert.Contains($"started [{sdk}] with ", first.Output);
        Assert.Empty(second.Error);
        Assert.Equal(first.Output, second.Output);
    }

    [Fact]
    public async Task An_SDK_that_does_not_suit_global_json_is_not_used()
    {
        tools.Write("dotnet", "exit 155\n");
        WriteDownloader("curl");
        var result = await tree.RunAsync(ScriptTree.Sh, "Show");

        Assert.Contains($"started [{tree.PathOf(".nuke/temp/dotnet")}]", result.Output);
    }

    [Fact]
    public async Task Without_a_network_the_error_says_what_to_do()
    {
        tools.Write("curl", "exit 6\n");
        var result = await tree.RunAsync(ScriptTree.Sh, "Show");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("https://dot.net/v1/dotnet-install.sh cannot be downloaded", result.Error);
        Assert.Contains("https://dotnet.microsoft.com/download", result.Error);
    }

    [Fact]
    public async Task Without_a_downloader_the_error_says_what_to_install()
    {
        var result = await tree.RunAsync(ScriptTree.Sh, "Show");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("Neither curl nor wget is here", result.Error);
    }

    public void Dispose() => tree.Dispose();

    // Brings an installer that installs the dotnet of these tests.
    private void WriteDownloader(string name)
    {
        var installer = tree.PathOf("installer.sh");
        tree.WriteFile(
            "installer.sh",
            $"""
            printf '%s\n' "$*"
            while [ "$1" != --install-dir ]; do shift; done
            mkdir -p "$2"
            cat >"$2/dotnet" <<'END'
            #!/usr/bin/env bash
            {FakeTools.Dotnet}
            END
            chmod +x "$2/dotnet"
            """
        );
        tools.TryLink("chmod");
        tools.Write(
            name,
            $$"""
            while [ "$1" != -o ] && [ "$1" != -qO ]; do shift; done
            cp '{{installer}}' "$2"
            """
        );
    }
}
