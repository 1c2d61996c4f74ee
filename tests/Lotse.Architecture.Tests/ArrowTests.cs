using System.Xml.Linq;

namespace Lotse.Architecture.Tests;

/// <summary>Which project may refer to which. A new arrow is a decision: it is made here.</summary>
public sealed class ArrowTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Lotse.Configuration"] = [],
        ["Lotse.Planning"] = ["Lotse.Configuration"],
        ["Lotse.Execution"] = ["Lotse.Planning", "Lotse.Configuration"],
        ["Lotse.Hosts"] = ["Lotse.Execution", "Lotse.Proxy.Contract"],
        ["Lotse.Registry"] = [],
        ["Lotse.Proxy.Contract"] = [],
        ["Lotse.Proxy"] = ["Lotse.Proxy.Contract"],
        ["Lotse.Nuke"] =
        [
            "Lotse.Configuration",
            "Lotse.Planning",
            "Lotse.Execution",
            "Lotse.Hosts",
            "Lotse.Registry",
            "Lotse.Proxy.Contract",
            "Nuke.Common",
        ],
        ["Gocatest"] = [],
        ["_build"] = ["Lotse.Nuke", "Lotse.TestRuns"],
    };

    [Fact]
    public void Projects_refer_only_to_those_they_may()
    {
        var wrong =
            from project in Projects()
            from target in References(project, "ProjectReference").Select(Path.GetFileNameWithoutExtension)
            let name = Path.GetFileNameWithoutExtension(project)
            where !Allowed[name].Contains(target)
            select $"{name} → {target}";
        Assert.Empty(wrong);
    }

    [Fact]
    public void Every_project_is_listed() =>
        Assert.Equal(Allowed.Keys.Order(), Projects().Select(p => Path.GetFileNameWithoutExtension(p)!).Order());

    [Fact]
    public void Only_the_configuration_reads_yaml() =>
        Assert.Equal(["Lotse.Configuration"], WhoReferences("YamlDotNet"));

    [Fact]
    public void Only_the_hosts_speak_to_the_engine() => Assert.Equal(["Lotse.Hosts"], WhoReferences("Docker.DotNet"));

    [Fact]
    public void Nothing_but_the_components_and_the_build_mentions_nuke()
    {
        var mentions =
            from project in Projects().Where(p => !p.EndsWith("Lotse.Nuke.csproj") && !p.EndsWith("_build.csproj"))
            from file in Directory.EnumerateFiles(Path.GetDirectoryName(project)!, "*.cs", SearchOption.AllDirectories)
            where !IsOutput(file) && File.ReadAllText(file).Contains("Nuke.", StringComparison.Ordinal)
            select Path.GetRelativePath(Root, file);
        Assert.Empty(mentions);
    }

    [Fact]
    public void Planning_is_pure()
    {
        var folder = Path.Combine(Root, "src", "Lotse.Planning");
        string[] impure = ["Task<", "async ", "System.IO", "File.", "TimeProvider", "Random", "HttpClient"];
        var found =
            from file in Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            where !IsOutput(file)
            from word in impure
            where File.ReadAllText(file).Contains(word, StringComparison.Ordinal)
            select $"{Path.GetFileName(file)}: {word}";
        Assert.Empty(found);
    }

    private static string Root => Repository.Root;

    private static IEnumerable<string> Projects() =>
        Directory
            .EnumerateFiles(Path.Combine(Root, "src"), "*.csproj", SearchOption.AllDirectories)
            .Append(Path.Combine(Root, "build", "_build.csproj"));

    private static IEnumerable<string> WhoReferences(string package) =>
        Projects()
            .Where(p => References(p, "PackageReference").Contains(package))
            .Select(p => Path.GetFileNameWithoutExtension(p)!);

    private static IEnumerable<string> References(string project, string kind) =>
        XDocument.Load(project).Descendants(kind).Select(r => r.Attribute("Include")!.Value.Replace('\\', '/'));

    private static bool IsOutput(string file) =>
        file.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj");
}
