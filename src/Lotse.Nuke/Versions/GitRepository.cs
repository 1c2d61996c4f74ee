using System.ComponentModel;

namespace Lotse.Nuke.Versions;

/// <summary>Asks git about the project's folder.</summary>
internal sealed class GitRepository(string folder)
{
    /// <summary>The commit that is checked out; null when there is no repository, no commit or no git.</summary>
    public async Task<string?> GetCommitAsync(CancellationToken cancellation)
    {
        try
        {
            var answer = await RunAsync(["rev-parse", "--verify", "HEAD"], null, cancellation);
            return answer.ExitCode == 0 ? answer.Output.Trim() : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    /// <summary>Branch and tags at the commit: they change a version although the commit stays the same.</summary>
    public async Task<string> GetRefsAsync(CancellationToken cancellation)
    {
        var answer = await RunAsync(
            ["for-each-ref", "--points-at=HEAD", "--format=%(refname)", "refs/heads", "refs/tags"],
            null,
            cancellation
        );
        var head = await RunAsync(["rev-parse", "--abbrev-ref", "HEAD"], null, cancellation);
        return head.Output + answer.Output;
    }

    /// <summary>
    /// The tree of the folder as it is now, uncommitted and untracked files included; null when nothing differs from the commit.
    /// It is computed beside the repository: neither its index nor its objects change.
    /// </summary>
    public async Task<string?> GetDirtyTreeAsync(CancellationToken cancellation)
    {
        var status = await RunAsync(["status", "--porcelain", "--untracked-files=normal"], null, cancellation);
        if (status.Output.Length == 0)
        {
            return null;
        }

        var gitFolder = (await RunAsync(["rev-parse", "--absolute-git-dir"], null, cancellation)).Output.Trim();
        var objects = (await RunAsync(["rev-parse", "--git-path", "objects"], null, cancellation)).Output.Trim();
        var scratch = Directory.CreateTempSubdirectory("lotse-tree-").FullName;
        try
        {
            var environment = new Dictionary<string, string>
            {
                ["GIT_INDEX_FILE"] = Path.Combine(scratch, "index"),
                ["GIT_OBJECT_DIRECTORY"] = Path.Combine(scratch, "objects"),
                ["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = Path.GetFullPath(objects, folder),
            };
            Directory.CreateDirectory(Path.Combine(scratch, "objects"));
            var index = Path.Combine(gitFolder, "index");
            if (File.Exists(index))
            {
                File.Copy(index, Path.Combine(scratch, "index"));
            }

            await RunAsync(["add", "--all", "--", "."], environment, cancellation);
            return (await RunAsync(["write-tree"], environment, cancellation)).Output.Trim();
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private Task<Captured> RunAsync(
        string[] arguments,
        Dictionary<string, string>? environment,
        CancellationToken cancellation
    ) => Captured.RunAsync("git", folder, arguments, environment, cancellation);
}
