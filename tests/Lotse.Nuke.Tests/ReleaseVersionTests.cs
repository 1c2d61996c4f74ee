using System.Diagnostics;
using Lotse.Execution;
using Lotse.Nuke.Versions;

namespace Lotse.Nuke.Tests;

/// <summary>On real git repositories in temporary folders. GitVersion is not there: its absence is one of the cases.</summary>
public sealed class ReleaseVersionTests : IDisposable
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;
    private readonly string folder = Directory.CreateTempSubdirectory("lotse-version-").FullName;
    private readonly string memory = Directory.CreateTempSubdirectory("lotse-memory-").FullName;

    public void Dispose()
    {
        Directory.Delete(folder, recursive: true);
        Directory.Delete(memory, recursive: true);
    }

    [Fact]
    public async Task A_given_version_is_taken_as_it_is()
    {
        var version = await ResolveAsync("1.2.3-rc_1");
        Assert.Equal("1.2.3-rc_1", version.Value);
        Assert.False(version.IsDirty);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-x")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("1.0+build")]
    public async Task A_given_version_that_is_no_image_tag_is_refused(string given)
    {
        var refused = await Assert.ThrowsAsync<UserException>(() => ResolveAsync(given));
        Assert.StartsWith($"'{given}' cannot be a version.", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_commit_there_is_no_version_and_the_cure_is_named()
    {
        var refused = await Assert.ThrowsAsync<UserException>(() => ResolveAsync(null));
        Assert.Contains("--version 1.0.0", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_clean_folder_has_the_version_of_its_commit()
    {
        Commit("one");
        var version = await ResolveAsync(null);
        Assert.EndsWith($"-g{version.Commit![..7]}", version.Value, StringComparison.Ordinal);
        Assert.False(version.IsDirty);
    }

    [Fact]
    public async Task Each_state_of_uncommitted_files_has_a_version_of_its_own_and_the_repository_is_left_alone()
    {
        Commit("one");
        var clean = await ResolveAsync(null);
        var objects = CountObjects();
        Write("file", "two");
        var changed = await ResolveAsync(null);
        var again = await ResolveAsync(null);
        Write("new file", "untracked");
        var added = await ResolveAsync(null);
        Assert.StartsWith($"{clean.Value}-dirty-", changed.Value, StringComparison.Ordinal);
        Assert.True(changed.IsDirty);
        Assert.Equal(changed.Value, again.Value);
        Assert.NotEqual(changed.Value, added.Value);
        Assert.Equal(objects, CountObjects());
    }

    [Fact]
    public async Task Ignored_files_make_nothing_dirty()
    {
        Write(".gitignore", "out/");
        Commit("one");
        Directory.CreateDirectory(Path.Combine(folder, "out"));
        Write("out/file", "built");
        Assert.False((await ResolveAsync(null)).IsDirty);
    }

    [Fact]
    public async Task A_number_that_was_computed_is_remembered_for_the_commit()
    {
        Commit("one");
        await ResolveAsync(null);
        foreach (var file in Directory.GetFiles(memory).Where(f => Path.GetFileName(f).Length == 16))
        {
            await File.WriteAllTextAsync(file, "7.8.9", Token);
        }

        var version = await ResolveAsync(null);
        // Where GitVersion cannot be run there is nothing to remember, and the version says so.
        Assert.Equal(version.Note.Length == 0 ? "7.8.9" : "0.0.0", version.Value.Split("-g")[0]);
    }

    private Task<ReleaseVersion> ResolveAsync(string? given) =>
        new ReleaseVersions(folder, memory).ResolveAsync(given, Token);

    private void Commit(string text)
    {
        Git("init", "--quiet");
        Write("file", text);
        Git("add", "--all");
        Git("-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "--quiet", "-m", text);
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(folder, name), text);

    private int CountObjects() =>
        Directory.GetFiles(Path.Combine(folder, ".git", "objects"), "*", SearchOption.AllDirectories).Length;

    private void Git(params string[] arguments)
    {
        var info = new ProcessStartInfo("git", arguments) { WorkingDirectory = folder };
        using var git = Process.Start(info)!;
        git.WaitForExit();
        Assert.Equal(0, git.ExitCode);
    }
}
