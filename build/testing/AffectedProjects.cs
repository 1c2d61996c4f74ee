using System.Xml.Linq;

namespace Lotse.TestRuns;

/// <summary>
/// Which projects a change touches: those whose folder holds a changed file, and all that refer to them. A project that uses another one without a reference (it
/// compiles it at run time, or reads its files) says so by an item <c>UsesProject</c>; one that reads files outside of any project, by <c>UsesFile</c> with a path
/// or a folder.
/// </summary>
public sealed class AffectedProjects
{
    private readonly Dictionary<string, HashSet<string>> uses = [];
    private readonly List<(string Path, string Project)> files = [];

    /// <summary>Reads all projects below a folder.</summary>
    /// <param name="root">The repository.</param>
    public AffectedProjects(string root)
    {
        Root = Path.GetFullPath(root);
        foreach (var folder in (string[])["src", "build", "tests"])
        {
            foreach (var project in Projects(Path.Combine(Root, folder)))
            {
                Read(project);
            }
        }
    }

    /// <summary>The repository.</summary>
    public string Root { get; }

    /// <summary>The projects that are touched, by the full paths of their files; null when a changed file may touch every one.</summary>
    /// <param name="changed">Paths of changed files, relative to the repository.</param>
    public IReadOnlySet<string>? Of(IEnumerable<string> changed)
    {
        var touched = new HashSet<string>();
        foreach (var file in changed.Select(c => Path.GetFullPath(Path.Combine(Root, c))))
        {
            List<string> direct = [.. Owner(file) is { } owner ? [owner] : (string[])[], .. ReadersOf(file)];
            if (direct.Count == 0 && !IsProse(file))
            {
                return null;
            }

            touched.UnionWith(direct);
        }

        var more = touched;
        while (more.Count > 0)
        {
            more = [.. uses.Where(u => u.Value.Overlaps(more)).Select(u => u.Key).Where(p => !touched.Contains(p))];
            touched.UnionWith(more);
        }

        return touched;
    }

    /// <summary>Text for people; a test that reads one says so by <c>UsesFile</c>.</summary>
    private static bool IsProse(string file) => Path.GetExtension(file) is ".md" or "";

    private static IEnumerable<string> Projects(string folder) =>
        Directory.Exists(folder)
            ? Directory
                .EnumerateFiles(folder, "*.csproj", SearchOption.AllDirectories)
                .Where(f => !f.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"))
            : [];

    private void Read(string project)
    {
        var items = XDocument.Load(project).Descendants().ToLookup(e => e.Name.LocalName);
        var folder = Path.GetDirectoryName(project)!;
        string Target(XElement item) =>
            Path.GetFullPath(Path.Combine(folder, item.Attribute("Include")!.Value.Replace('\\', '/')));
        uses[project] = [.. items["ProjectReference"].Concat(items["UsesProject"]).Select(Target)];
        files.AddRange(items["UsesFile"].Select(item => (Target(item), project)));
    }

    /// <summary>The project of the innermost folder with one.</summary>
    private string? Owner(string file) =>
        uses
            .Keys.Where(p => IsBelow(file, Path.GetDirectoryName(p)!))
            .OrderByDescending(p => Path.GetDirectoryName(p)!.Length)
            .FirstOrDefault();

    private IEnumerable<string> ReadersOf(string file) =>
        files.Where(f => f.Path == file || IsBelow(file, f.Path)).Select(f => f.Project);

    private static bool IsBelow(string file, string folder) =>
        file.StartsWith(folder.TrimEnd('/') + Path.DirectorySeparatorChar, StringComparison.Ordinal);
}
