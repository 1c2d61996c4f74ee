/// <summary>The sources that this was compiled from.</summary>
internal static class Repository
{
    /// <summary>Its root folder.</summary>
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
