using Lotse.Testing.Processes;

namespace Nuke.Common.Tests.Scripts;

/// <summary>A small source tree with the real scripts in a folder whose name has spaces.</summary>
internal sealed class ScriptTree : IDisposable
{
    public const string Sh = "build.sh";
    public const string Ps1 = "build.ps1";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly string parent = Directory.CreateTempSubdirectory("nuke scripts ").FullName;

    public ScriptTree()
    {
        var source = Path.Combine(AppContext.BaseDirectory, "Scripts");
        foreach (var name in new[] { Sh, Ps1, "global.json" })
            File.Copy(Path.Combine(source, name), Directory.CreateDirectory(Root).FullName + "/" + name);

        var tree = Path.Combine(source, "Tree");
        foreach (var file in Directory.EnumerateFiles(tree, "*.template", SearchOption.AllDirectories))
            WriteFile(Path.ChangeExtension(Path.GetRelativePath(tree, file), null), File.ReadAllText(file));

        foreach (var name in System.Environment.GetEnvironmentVariables().Keys.Cast<string>().Where(IsOfOuterBuild))
            Environment[name] = null;
        Environment["NUKE_SUBSET_FOLDER"] = AppContext.BaseDirectory;
        Environment["NUKE_ENGINE"] = "subset";
    }

    public string Root => Path.Combine(parent, "tree root");

    public string Outside => parent;

    public Dictionary<string, string?> Environment { get; } = [];

    /// <summary>How often the build was compiled.</summary>
    public int Compilations => Exists("compiled.txt") ? ReadFile("compiled.txt").Split('\n').Length - 1 : 0;

    public static void SkipWhereMissing(string script)
    {
        if (script == Ps1)
            Assert.SkipUnless(IsOnPath("pwsh"), "PowerShell (pwsh) is not installed");
        else
            Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows starts build.ps1");
    }

    public static bool IsOnPath(string program) =>
        PathFolders.Any(x => File.Exists(Path.Combine(x, program)) || File.Exists(Path.Combine(x, program + ".exe")));

    public static string[] PathFolders => System.Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator);

    public string PathOf(string name) => Path.Combine(Root, name);

    public bool Exists(string name) => Path.Exists(PathOf(name));

    public string ReadFile(string name) => File.ReadAllText(PathOf(name));

    public void WriteFile(string name, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        File.WriteAllText(PathOf(name), content);
    }

    public void Delete(string name) => File.Delete(PathOf(name));

    public TestProcess Start(string script, params string[] arguments) => TestProcess.Start(Request(script, arguments));

    public Task<ProcessResult> RunAsync(string script, params string[] arguments) =>
        TestProcess.RunAsync(Request(script, arguments), Limit, TestContext.Current.CancellationToken);

    public Task<ProcessResult> RunFromAsync(string directory, string script, params string[] arguments) =>
        TestProcess.RunAsync(
            Request(script, arguments) with
            {
                WorkingDirectory = directory,
            },
            Limit,
            TestContext.Current.CancellationToken
        );

    public void Dispose() => Directory.Delete(parent, recursive: true);

    // A test run that was itself started by a build must not steer this one.
    private static bool IsOfOuterBuild(string name) =>
        name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("NUKE_", StringComparison.Ordinal)
        || name is "GITHUB_ACTIONS" or "DOTNET_HOST_PATH" or "TARGET" or "ROOT";

    private ProcessRequest Request(string script, string[] arguments)
    {
        var path = Path.Combine(Root, script);
        return new()
        {
            FileName = script == Ps1 ? "pwsh" : "bash",
            Arguments = script == Ps1 ? ["-NoProfile", "-File", path, .. arguments] : [path, .. arguments],
            Environment = Environment,
            WorkingDirectory = Root,
        };
    }
}
