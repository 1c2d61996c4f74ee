using Nuke.Common.IO;

namespace Nuke.Common.Tests;

public sealed class AbsolutePathTests
{
    private static readonly AbsolutePath Root = Path.GetTempPath();

    [Fact]
    public void Parts_are_appended_and_normalised()
    {
        Assert.Equal(Path.Combine(Path.GetTempPath(), "a", "b"), Root / "a" / "b/");
        Assert.Equal(Root / "b", Root / "a" / ".." / "b");
        Assert.Equal(Root, Root / null);
    }

    [Fact]
    public void A_parent_ends_at_the_root_of_the_file_system()
    {
        Assert.Equal(Root, (Root / "a").Parent);
        AbsolutePath top = Path.GetPathRoot(Path.GetTempPath())!;
        Assert.Null(top.Parent);
    }

    [Fact]
    public void Paths_are_compared_by_value()
    {
        Assert.True(Root / "a" == Root / "a");
        Assert.True(Root / "a" != Root / "b");
        Assert.Equal((Root / "a").GetHashCode(), (Root / "a").GetHashCode());
        Assert.Equal(!OperatingSystem.IsWindows(), Root / "a" != Root / "A");
    }

    [Fact]
    public void Null_stays_null()
    {
        AbsolutePath? path = (string?)null;
        string? text = path;

        Assert.Null(path);
        Assert.Null(text);
    }

    [Fact]
    public void A_relative_path_is_none()
    {
        Assert.Throws<ArgumentException>(() => (AbsolutePath)"a/b");
        Assert.Throws<ArgumentException>(() => Root / Path.GetTempPath());
    }
}
