using System.Formats.Tar;
using System.Security.Cryptography;
using Lotse.Execution.Ports;
using Lotse.Hosts.Images.Context;
using Lotse.Hosts.Tests.Local;

namespace Lotse.Hosts.Tests.Images;

public sealed class BuildContextTests : IDisposable
{
    private static readonly DateTimeOffset Clock = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Equal_content_gives_equal_bytes_whatever_the_times_and_modes()
    {
        using var other = new TemporaryFolder();
        foreach (var folder in new[] { _folder, other })
        {
            folder.Write("Dockerfile", "FROM scratch\nCOPY . /");
            folder.Write("z/last.txt", "z");
            folder.Write(
                "a/ünïcode and a name that is much longer than the hundred characters which fit into the plain header of an archive.txt",
                "a"
            );
            TemporaryFolder.MakeExecutable(folder.Write("run.sh", "#!/bin/sh"));
            File.CreateSymbolicLink(folder["link"], "a/b");
        }

        var written = new DateTime(2020, 2, 3, 4, 5, 6, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(other["z/last.txt"], written);
        SetMode(other["z/last.txt"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        SetMode(other["z"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        Assert.Equal(await TarAsync(_folder), await TarAsync(other));
    }

    [Theory]
    [InlineData("content")]
    [InlineData("name")]
    [InlineData("executable")]
    [InlineData("link")]
    public async Task A_difference_that_matters_changes_the_bytes_and_the_staging_folder(string difference)
    {
        using var other = new TemporaryFolder();
        foreach (var (folder, isOther) in new[] { (_folder, false), (other, true) })
        {
            folder.Write("Dockerfile", "FROM scratch\nCOPY . /");
            var name = isOther && difference == "name" ? "g" : "f";
            var file = folder.Write(name, isOther && difference == "content" ? "1" : "2");
            if (isOther && difference == "executable" && !OperatingSystem.IsWindows())
            {
                TemporaryFolder.MakeExecutable(file);
            }

            File.CreateSymbolicLink(folder["link"], isOther && difference == "link" ? "b" : "a");
        }

        Assert.NotEqual(await TarAsync(_folder), await TarAsync(other));
        using var first = await ContextStaging.CreateAsync(Read(_folder), Clock, Cancellation);
        using var second = await ContextStaging.CreateAsync(Read(other), Clock, Cancellation);
        Assert.NotEqual(Path.GetFileName(first.Folder), Path.GetFileName(second.Folder));
    }

    [Fact]
    public async Task Links_and_executable_bits_are_kept_and_all_else_is_alike()
    {
        _folder.Write("Dockerfile", "FROM scratch\nCOPY . /");
        TemporaryFolder.MakeExecutable(_folder.Write("bin/run", "x"));
        _folder.Write("data", "12345");
        File.CreateSymbolicLink(_folder["link"], "data");
        File.CreateSymbolicLink(_folder["dirlink"], "bin");

        var entries = await EntriesAsync();

        Assert.Equal(["Dockerfile", "bin/", "bin/run", "data", "dirlink", "link"], entries.Select(e => e.Name));
        Assert.All(entries, e => Assert.Equal((0, 0, Clock), (e.Uid, e.Gid, e.ModificationTime)));
        Assert.Equal("755", Convert.ToString((int)entries.Single(e => e.Name == "bin/run").Mode, 8));
        Assert.Equal("data", entries.Single(e => e.Name == "link").LinkName);
        Assert.Equal("bin", entries.Single(e => e.Name == "dirlink").LinkName);
        Assert.Equal("644", Convert.ToString((int)entries.Single(e => e.Name == "data").Mode, 8));
    }

    [Fact]
    public async Task What_is_ignored_is_not_sent_but_the_builder_gets_its_own_files()
    {
        _folder.Write("Dockerfile", "FROM scratch\nCOPY . /");
        _folder.Write(".dockerignore", "*\n!src/**/*.cs\n");
        _folder.Write("src/a/b.cs", "");
        _folder.Write("src/a/b.dll", "");
        _folder.Write("bin/x", "");

        Assert.Equal(
            [".dockerignore", "Dockerfile", "src/", "src/a/", "src/a/b.cs"],
            (await EntriesAsync()).Select(e => e.Name)
        );
        using var staging = await ContextStaging.CreateAsync(Read(_folder), Clock, Cancellation);
        var staged = Directory.GetFiles(staging.Folder, "*", SearchOption.AllDirectories);
        Assert.Equal(["src/a/b.cs"], staged.Select(f => Path.GetRelativePath(staging.Folder, f)));
    }

    [Fact]
    public async Task A_dockerfile_from_elsewhere_is_sent_under_a_name_that_copies_leave_out()
    {
        using var elsewhere = new TemporaryFolder();
        var dockerfile = elsewhere.Write("My.Dockerfile", "FROM scratch\nCOPY . /");
        _folder.Write("a", "");
        var context = BuildContextReader.Read(Request(_folder) with { DockerfilePath = dockerfile });
        var sent = await EntriesAsync(context);
        Assert.Equal(["a", ".dockerignore", ".lotse.dockerfile"], sent.Select(e => e.Name));
        Assert.Contains(".lotse.dockerfile", context.Added[".dockerignore"]);
    }

    [Fact]
    public void The_dockerfiles_own_ignore_file_goes_before_the_contexts()
    {
        _folder.Write("deploy/Dockerfile", "FROM scratch\nCOPY . /");
        _folder.Write("deploy/Dockerfile.dockerignore", "b");
        _folder.Write(".dockerignore", "a");
        _folder.Write("a", "");
        _folder.Write("b", "");
        var context = BuildContextReader.Read(Request(_folder) with { DockerfilePath = "deploy/Dockerfile" });
        Assert.Contains(context.Entries, e => e.Name == "a");
        Assert.DoesNotContain(context.Entries, e => e.Name == "b");
    }

    [Fact]
    public async Task A_pipe_in_the_context_is_left_out_and_an_empty_file_is_not()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such files");
        _folder.Write("Dockerfile", "FROM scratch\nCOPY . /");
        _folder.Write("empty", "");
        using var made = System.Diagnostics.Process.Start("mkfifo", [_folder["pipe"]]);
        await made.WaitForExitAsync(Cancellation);
        Assert.Equal(["Dockerfile", "empty"], (await EntriesAsync()).Select(e => e.Name));
    }

    [Fact]
    public void A_file_that_grows_while_it_is_read_keeps_its_first_length()
    {
        var path = _folder.Write("log", "12345");
        using var opened = ContextTar.Open(path);
        File.AppendAllText(path, "678");
        using var copy = new MemoryStream();
        opened.CopyTo(copy);
        Assert.Equal(5, copy.Length);
    }

    [Fact]
    public void A_file_that_shrinks_while_it_is_read_is_named()
    {
        var path = _folder.Write("log", "12345");
        using var opened = ContextTar.Open(path);
        File.WriteAllText(path, "1");
        var error = Assert.Throws<BuildFailedException>(() => opened.CopyTo(Stream.Null));
        Assert.Contains(path, error.Message);
    }

    [Fact]
    public void What_is_missing_is_found_before_anything_starts()
    {
        AssertFails(
            BuildFailure.Context,
            Request(_folder) with
            {
                ContextDirectory = _folder["none"],
            },
            "does not exist"
        );
        AssertFails(
            BuildFailure.Context,
            Request(_folder) with
            {
                ContextDirectory = _folder.Write("file", ""),
            },
            "is no folder"
        );
        AssertFails(BuildFailure.DockerfileMissing, Request(_folder), "There is no Dockerfile at");
    }

    [Fact]
    public void An_empty_context_is_an_error_only_when_something_is_copied_from_it()
    {
        _folder.Write("Dockerfile", "FROM base\nRUN true\nCOPY a b");
        AssertFails(BuildFailure.Context, Request(_folder), "is empty, and Dockerfile:3 copies");
        _folder.Write(".dockerignore", "*");
        _folder.Write("a", "");
        AssertFails(BuildFailure.Context, Request(_folder), "leaves nothing");
        _folder.Write("Dockerfile", "FROM base\nRUN true\nCOPY --from=x a b");
        Assert.NotNull(BuildContextReader.Read(Request(_folder)));
    }

    public void Dispose() => _folder.Dispose();

    private static void AssertFails(BuildFailure failure, BuildRequest request, string fact)
    {
        var error = Assert.Throws<BuildFailedException>(() => BuildContextReader.Read(request));
        Assert.Equal(failure, error.Failure);
        Assert.Contains(fact, error.Message);
    }

    private static BuildRequest Request(TemporaryFolder folder) =>
        new() { ContextDirectory = folder.Path, Tags = ["x"] };

    private static BuildContext Read(TemporaryFolder folder) => BuildContextReader.Read(Request(folder));

    private static void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }

    private static async Task<string> TarAsync(TemporaryFolder folder)
    {
        using var archive = new MemoryStream();
        await ContextTar.WriteAsync(Read(folder), Clock, archive, Cancellation);
        return Convert.ToHexString(SHA256.HashData(archive.ToArray()));
    }

    private async Task<List<TarEntry>> EntriesAsync(BuildContext? context = null)
    {
        using var archive = new MemoryStream();
        await ContextTar.WriteAsync(context ?? Read(_folder), Clock, archive, Cancellation);
        archive.Position = 0;
        using var reader = new TarReader(archive);
        var entries = new List<TarEntry>();
        while (await reader.GetNextEntryAsync(copyData: true, Cancellation) is { } entry)
        {
            entries.Add(entry);
        }

        return entries;
    }
}
