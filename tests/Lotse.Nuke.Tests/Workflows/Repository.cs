namespace Lotse.Nuke.Tests.Workflows;

/// <summary>The sources that these tests were built from.</summary>
internal static class Repository
{
    /// <summary>Its folder.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "App.sln")))
        {
            folder =
                folder.Parent ?? throw new InvalidOperationException("App.sln stands in no folder above the tests.");
        }

        return folder.FullName;
    }
}
