using Lotse.EndToEnd.Host;
using Lotse.Testing.Packages;
using Lotse.Testing.Processes;
using Lotse.Testing.Servers;
using Lotse.Testing.Waiting;

namespace Lotse.Servers.Tests.Workflows;

/// <summary>
/// This repository, as a team has it whose staging is a server of the tests: cloned, configured, host keys pinned,
/// committed. And what GitHub does with
/// it: the job <c>staging</c> of its workflow. Made once for all tests of a class, because that is dear.
/// </summary>
public sealed partial class StagingJob(SharedServers shared) : IAsyncLifetime
{
    /// <summary>What must appear nowhere.</summary>
    public const string Password = "s3cret-of-the-job";

    /// <summary>A server that is configured for another destination and is not there (RFC 6761, section 6.4).</summary>
    public const string Missing = "gone.invalid";

    private const string Job = "staging";
    private const string Incomplete = "incomplete";
    internal static readonly string Build = Path.Combine(EndToEnd.Host.World.RepositoryRoot, "build.sh");

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("lotse-job-");
    private readonly List<string> agents = [];
    private FleetWorld? world;
    private Task<JobResult>? first;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>The server that staging is.</summary>
    public FleetWorld World => world ?? throw new InvalidOperationException("No job has run yet.");

    /// <summary>The service's name, of this run alone.</summary>
    public string Service { get; private set; } = "";

    /// <summary>What pinning the host keys said.</summary>
    internal ProcessResult? Pinning { get; private set; }

    /// <summary>Where the job works.</summary>
    internal string Workspace => Path.Combine(folder.FullName, "workspace");

    /// <summary>The team's own clone, on its machine.</summary>
    internal string Team => Path.Combine(folder.FullName, "team");

    /// <summary>The pinned host keys, in the team's clone.</summary>
    internal string PinsFile => Path.Combine(Team, "config", "known_hosts");

    /// <summary>All that is on the path of the job and of the team's commands.</summary>
    internal string Programs => Path.Combine(folder.FullName, "bin");

    /// <summary>Whether a checkout comes with the compiled build, as on a runner of one's own that keeps its folder.</summary>
    internal bool IsCompiled { get; init; } = true;

    /// <summary>What the first run of the job brought.</summary>
    internal string FirstVersion { get; private set; } = "";

    /// <summary>The first run of the job, which brings the first release.</summary>
    internal Task<JobResult> FirstAsync() => first ??= RunFirstAsync();

    /// <summary>Runs the job's steps on what the team has committed last.</summary>
    /// <param name="whileAsync">What happens to a step meanwhile.</param>
    /// <param name="inputs">What a person who starts it by hand filled in.</param>
    internal async Task<JobResult> RunAsync(
        Func<WorkflowStep, TestProcess, Task>? whileAsync = null,
        Dictionary<string, string>? inputs = null
    )
    {
        var runner = new JobRunner
        {
            Folder = folder.CreateSubdirectory("runner").FullName,
            Workspace = Workspace,
            Secrets = new Dictionary<string, string>
            {
                ["SSH_PRIVATE_KEY"] = await File.ReadAllTextAsync(World.Spec.KeyFile, Token),
                ["POSTGRES_PASSWORD"] = Password,
            },
            Inputs = inputs ?? [],
            Environment = Variables(),
            CheckOutAsync = CheckOutAsync,
            WhileAsync = whileAsync ?? ((_, _) => Task.CompletedTask),
        };
        var result = await runner.RunAsync(WorkflowStep.Read(WorkflowFile, Job));
        TestContext.Current.TestOutputHelper?.WriteLine(result.Log);
        agents.AddRange(result.Steps.SelectMany(s => s.Result.Lines).Select(l => AgentOf(l.Text)).OfType<string>());
        return result;
    }

    /// <summary>Runs <c>./build.sh</c> as a person of the team does.</summary>
    internal async Task<ProcessResult> BuildAsync(params string[] arguments)
    {
        var ended = await RunAsync(Build, [.. arguments, "--root", Team]);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"== {string.Join(' ', arguments)}: {ended.ExitCode}\n{ended.Text}"
        );
        return ended;
    }

    /// <summary>Runs a command of the team's on its own machine, with the same programs.</summary>
    internal Task<ProcessResult> RunAsync(string program, params string[] arguments) =>
        Wait.ForAsync(
            WaitKind.Command,
            TestProcess.RunAsync(
                new ProcessRequest
                {
                    FileName = program,
                    Arguments = arguments,
                    WorkingDirectory = Team,
                    Environment = Variables()
                        .Append(new KeyValuePair<string, string>("POSTGRES_PASSWORD", Password))
                        .ToDictionary(v => v.Key, v => (string?)v.Value),
                },
                Limit,
                Token
            )
        );

    public async ValueTask DisposeAsync()
    {
        foreach (var agent in agents)
        {
            await TestProcess.RunAsync(
                new ProcessRequest { FileName = "kill", Arguments = [agent] },
                Limit,
                CancellationToken.None
            );
        }

        if (world is not null)
        {
            await world.DisposeAsync();
        }

        folder.Delete(recursive: true);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string WorkflowFile => Path.Combine(Team, ".github", "workflows", "deploy.yml");

    private async Task<JobResult> RunFirstAsync()
    {
        await PrepareAsync();
        var result = await RunAsync();
        FirstVersion = await ServedAsync(World.Servers[0]);
        return result;
    }

    /// <summary>Makes clone, configuration and pins; deploys nothing.</summary>
    /// <param name="servers">How many servers staging has.</param>
    internal async Task PrepareAsync(int servers = 1) => await PrepareAsync(await shared.CreateAsync(servers, Token));

    /// <summary>The same for servers of a test's own, which may lack an engine; they are this job's from now on.</summary>
    internal async Task PrepareAsync(FleetWorld own)
    {
        world = own;
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The job runs on Linux.");
        Assert.SkipUnless(
            Path.Exists(Path.Combine(EndToEnd.Host.World.RepositoryRoot, ".git")),
            "These sources are not a clone, of which there could be another one."
        );
        await NeedAsync("git", "git");
        await NeedAsync("make", "make");
        await NeedAsync("ssh-agent", "openssh-client");
        Service = shared.Engine.Name("job");
        DeployPrograms.Link(Programs);
        await GitAsync(folder.FullName, "clone", "--quiet", EndToEnd.Host.World.RepositoryRoot, Team);
        await ConfigureAsync();
        await File.WriteAllTextAsync(ConfigOf(Incomplete), Overlay([.. Addresses, Missing]), Token);
        await CommitAsync("Deploy to our own server");
        // One server of this destination is not there: the other one's keys are pinned all the same.
        Pinning = await BuildAsync("PinHostKeys", "--destination", Incomplete, "--yes");
        Assert.True(File.Exists(Path.Combine(Team, "config", "known_hosts")), Pinning.Output + Pinning.Error);
        await CommitAsync("Pin the host keys");
    }

    private async Task CheckOutAsync()
    {
        if (Directory.Exists(Workspace))
        {
            // A runner of one's own keeps the folder: the action updates it then.
            await GitAsync(Workspace, "pull", "--quiet");
            return;
        }

        await GitAsync(folder.FullName, "clone", "--quiet", Team, Workspace);
        if (IsCompiled)
        {
            await CompiledBuild.CopyAsync(EndToEnd.Host.World.RepositoryRoot, Workspace, Token);
        }
    }

    private async Task CommitAsync(string message)
    {
        await GitAsync(Team, "add", "--all");
        string[] author = ["-c", "user.name=Team", "-c", "user.email=team@example.com"];
        await GitAsync(Team, [.. author, "commit", "--quiet", "--message", message]);
    }

    /// <summary>The commit that the team has made last.</summary>
    internal async Task<string> HeadAsync() => (await GitAsync(Team, "rev-parse", "HEAD")).Output;

    private static async Task<ProcessResult> GitAsync(string folder, params string[] arguments)
    {
        var request = new ProcessRequest
        {
            FileName = "git",
            Arguments = arguments,
            WorkingDirectory = folder,
        };
        var ended = await TestProcess.RunAsync(request, Limit, Token);
        Assert.True(ended.ExitCode == 0, ended.Error);
        return ended;
    }

    private Dictionary<string, string> Variables() =>
        new()
        {
            ["PATH"] = Programs,
            ["LOTSE_STATE"] = shared.DeployerState,
            // None of the person's, who runs these tests.
            ["SSH_AUTH_SOCK"] = "",
        };

    private static async Task NeedAsync(string program, string package)
    {
        var folders = Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator);
        if (!folders.Any(f => File.Exists(Path.Combine(f, program))))
        {
            var missing = AptPackages.Obstacle ?? await AptPackages.InstallAsync(package, Token);
            Assert.SkipUnless(missing is null, $"There is no {program} here: {missing}");
        }
    }

    private static string? AgentOf(string line)
    {
        const string Start = "Agent pid ";
        return line.StartsWith(Start, StringComparison.Ordinal) ? line[Start.Length..] : null;
    }
}
