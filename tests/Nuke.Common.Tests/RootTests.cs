using Nuke.Common.IO;
using Serilog;

namespace Nuke.Common.Tests;

public sealed class RootTests : IDisposable
{
    private readonly Trial trial = new();

    private sealed class Build : NukeBuild
    {
        private readonly AbsolutePath output = RootDirectory / "out";

        Target Show =>
            _ =>
                _.Executes(() =>
                {
                    Log.Information("{Output} {Temporary}", output, (string)TemporaryDirectory);
                    Log.Information("{Project}", (string?)BuildProjectFile ?? "-");
                    Log.Information("{Local} {Host}", IsLocalBuild, Host);
                });
    }

    [Fact]
    public void The_root_is_the_nearest_directory_above_with_a_nuke_directory()
    {
        trial.WorkingDirectory = Directory.CreateDirectory(trial.Root / "a" / "b").FullName;

        Assert.Equal($"{trial.Root / "out"} {trial.Root / ".nuke" / "temp"}", trial.Run<Build>("Show").Logged[0]);
    }

    [Fact]
    public void The_root_can_be_named()
    {
        var other = Directory.CreateDirectory(trial.Root / "a" / "other").FullName;
        trial.WorkingDirectory = trial.Root / "a";

        Assert.StartsWith(other, trial.Run<Build>("Show", "--root", "other").Logged[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Root_without_a_value_is_the_working_directory()
    {
        trial.WorkingDirectory = Directory.CreateDirectory(trial.Root / "here").FullName;

        Assert.StartsWith(
            trial.WorkingDirectory,
            trial.Run<Build>("Show", "--root").Logged[0],
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Without_a_root_the_error_says_what_to_do()
    {
        Directory.Delete(trial.Root / ".nuke");
        var result = trial.Run<Build>("Show");

        Assert.Equal(-1, result.ExitCode);
        Assert.Contains("Could not locate '.nuke' directory while walking up from", result.Output);
        Assert.Contains("--root [path]", result.Output);
    }

    [Fact]
    public void The_project_is_the_nearest_above_the_assembly()
    {
        Directory.CreateDirectory(trial.Root / "build" / "bin" / "Release");
        File.WriteAllText(trial.Root / "build" / "_build.csproj", "");
        trial.AssemblyFile = trial.Root / "build" / "bin" / "Release" / "_build.dll";

        Assert.Equal((string)(trial.Root / "build" / "_build.csproj"), trial.Run<Build>("Show").Logged[1]);
    }

    [Fact]
    public void A_build_is_local_or_on_a_server()
    {
        Assert.Equal("True Terminal", trial.Run<Build>("Show").Logged[2]);
        Assert.Equal("False GitHubActions", trial.Run<Build>("Show", "--host", "githubactions").Logged[2]);
    }

    public void Dispose() => trial.Dispose();
}
