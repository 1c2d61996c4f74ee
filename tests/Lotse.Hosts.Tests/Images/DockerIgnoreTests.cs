using Lotse.Execution.Ports;
using Lotse.Hosts.Images.Context;

namespace Lotse.Hosts.Tests.Images;

public sealed class DockerIgnoreTests
{
    [Theory]
    [InlineData("bin", "bin", true)]
    [InlineData("bin", "bin/a/b.dll", true)]
    [InlineData("bin", "src/bin", false)]
    [InlineData("/bin/", "bin/x", true)]
    [InlineData("./a//b/../c", "a/c", true)]
    [InlineData("*.md", "README.md", true)]
    [InlineData("*.md", "docs/README.md", false)]
    [InlineData("*/*.md", "docs/README.md", true)]
    [InlineData("**/*.md", "README.md", true)]
    [InlineData("**/*.md", "a/b/c.md", true)]
    [InlineData("**/bin", "src/app/bin/x.dll", true)]
    [InlineData("src/**", "src/a/b", true)]
    [InlineData("src/**", "src", false)]
    [InlineData("src/**/obj", "src/obj", true)]
    [InlineData("src/**/obj", "src/a/b/obj", true)]
    [InlineData("**", "anything/at/all", true)]
    [InlineData("a?c", "abc", true)]
    [InlineData("a?c", "a/c", false)]
    [InlineData("[a-c].txt", "b.txt", true)]
    [InlineData("[^a-c].txt", "b.txt", false)]
    [InlineData("[^a-c].txt", "d.txt", true)]
    [InlineData("a.c", "abc", false)]
    [InlineData("a+b(1).txt", "a+b(1).txt", true)]
    [InlineData("\\*.txt", "a.txt", false)]
    [InlineData("\\*.txt", "*.txt", true)]
    [InlineData("# bin", "bin", false)]
    [InlineData("  bin  ", "bin", true)]
    [InlineData("\uFEFFbin", "bin", true)]
    [InlineData(".", "a", false)]
    public void One_pattern_matches_as_with_docker(string pattern, string path, bool excluded) =>
        Assert.Equal(excluded, Parse(pattern).Excludes(path));

    [Theory]
    [InlineData("*\n!a.txt", "a.txt", false)]
    [InlineData("*\n!a.txt", "b.txt", true)]
    [InlineData("!a.txt\n*", "a.txt", true)]
    [InlineData("*.md\n!README*.md\nREADME-secret.md", "README-secret.md", true)]
    [InlineData("*.md\n!README*.md\nREADME-secret.md", "README-x.md", false)]
    [InlineData("src\n!src/keep", "src/keep/a", false)]
    [InlineData("src\n!src/keep", "src/other", true)]
    [InlineData("**\n!**/*.cs", "a/b/c.cs", false)]
    public void The_last_pattern_that_matches_decides(string patterns, string path, bool excluded) =>
        Assert.Equal(excluded, Parse(patterns).Excludes(path));

    [Theory]
    [InlineData("src", "src", true)]
    [InlineData("src\n!src/keep", "src", false)]
    [InlineData("src\n!other/keep", "src", true)]
    [InlineData("*\n!a/b/c", "a", false)]
    [InlineData("*\n!a/b/c", "a/b", false)]
    [InlineData("*\n!a/b/c", "a/x", true)]
    [InlineData("*\n!**/c", "anything", false)]
    [InlineData("*\n!*.d/c", "x.d", false)]
    [InlineData("*\n!*.d/c", "x.e", true)]
    [InlineData("src", "lib", false)]
    public void A_folder_is_skipped_only_when_nothing_in_it_can_come_back(
        string patterns,
        string folder,
        bool skipped
    ) => Assert.Equal(skipped, Parse(patterns).ExcludesAllBelow(folder));

    [Theory]
    [InlineData("ok\n[a-", 2)]
    [InlineData("!", 1)]
    public void A_broken_pattern_is_named_with_its_line(string patterns, int line)
    {
        var error = Assert.Throws<BuildFailedException>(() => Parse(patterns));
        Assert.Equal(BuildFailure.Context, error.Failure);
        Assert.StartsWith($".dockerignore:{line}: ", error.Message, StringComparison.Ordinal);
    }

    private static DockerIgnore Parse(string patterns) => DockerIgnore.Parse(patterns, ".dockerignore");
}
