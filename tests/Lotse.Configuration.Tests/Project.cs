namespace Lotse.Configuration.Tests;

/// <summary>
/// A project's folder with the files of one test, an environment and commands that do not really run.
/// </summary>
internal sealed class Project : IDisposable
{
    public const string Minimal = "service: shop\nservers: [local]\n";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("lotse-configuration-");

    /// <summary>A project whose <c>config/deploy.yml</c> is this text.</summary>
    public Project(string? deploy = null)
    {
        if (deploy is not null)
        {
            Write("config/deploy.yml", deploy);
        }
    }

    /// <summary>A project whose application needs one secret.</summary>
    public static Project WithSecret(string name, Func<string, ShellResult>? shell = null)
    {
        var text = $"{Minimal}env: {{secret: [{name}]}}\n";
        return shell is null ? new Project(text) : new Project(text) { Shell = shell };
    }

    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>The commands that were run, in order.</summary>
    public List<string> Commands { get; } = [];

    /// <summary>How commands end.</summary>
    public Func<string, ShellResult> Shell { get; init; } = c => new ShellResult(127, "", $"{c}: not found");

    public string Root => folder.FullName;

    public Project Write(string file, string text)
    {
        var path = Path.Combine(Root, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return this;
    }

    public ConfigResult Read(string? destination = null, bool readsSecrets = true) =>
        ConfigReader.Read(
            new ConfigRequest
            {
                RootDirectory = Root,
                Destination = destination,
                Environment = Environment,
                RunCommand = Run,
                ReadsSecrets = readsSecrets,
            }
        );

    /// <summary>The configuration of a text that has no problem.</summary>
    public static DeployConfig Config(string deploy)
    {
        using var project = new Project(deploy);
        var result = project.Read(readsSecrets: false);
        Assert.Empty(result.Problems);
        return result.Config!;
    }

    /// <summary>The problems of a text, as a person sees them.</summary>
    public static IEnumerable<string> Problems(string deploy)
    {
        using var project = new Project(deploy);
        return [.. project.Read(readsSecrets: false).Problems.Select(p => p.ToString())];
    }

    public void Dispose() => folder.Delete(recursive: true);

    private ShellResult Run(string command)
    {
        Commands.Add(command);
        return Shell(command);
    }
}
