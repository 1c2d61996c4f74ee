using System.Diagnostics;
using Lotse.TestRuns.Faults;

namespace Lotse.TestRuns.Tests.Faults;

public sealed class FaultTreeTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("lotse-faults-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public async Task The_tree_is_made_equal_to_the_files_that_git_would_take()
    {
        Write("src/A.cs", "a");
        Write("src/B.cs", "b");
        Write(".gitignore", "bin/\ntree/\n");
        Write("src/bin/A.dll", "of the person");
        using (var git = Process.Start(new ProcessStartInfo("git", ["init", "-q"]) { WorkingDirectory = root })!)
        {
            await git.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        var tree = new FaultTree(root, Path.Combine(root, "tree"), TimeProvider.System);
        await tree.UpdateAsync(TestContext.Current.CancellationToken);
        // A run that was killed leaves its fault, and what was compiled.
        Write("tree/src/A.cs", "fault");
        Write("tree/src/bin/A.dll", "of the tree");
        File.Delete(Path.Combine(root, "src", "B.cs"));
        await tree.UpdateAsync(TestContext.Current.CancellationToken);

        Assert.Equal("a", Read("tree/src/A.cs"));
        Assert.Equal("of the tree", Read("tree/src/bin/A.dll"));
        Assert.False(File.Exists(Path.Combine(root, "tree", "src", "B.cs")));
    }

    private void Write(string file, string text)
    {
        var path = Path.Combine(root, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private string Read(string file) => File.ReadAllText(Path.Combine(root, file));
}
