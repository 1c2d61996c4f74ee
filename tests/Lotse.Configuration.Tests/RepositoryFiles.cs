using System.Runtime.CompilerServices;

namespace Lotse.Configuration.Tests;

internal static class RepositoryFiles
{
    /// <summary>The repository's folder: two above this source file.</summary>
    public static string Root([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));

    public static string Reference =>
        File.ReadAllText(Path.Combine(Root(), "src/Lotse.Configuration/Reference/deploy.reference.yml"));
}
