using Docker.DotNet;
using Docker.DotNet.Models;
using Lotse.Testing.Waiting;

namespace Lotse.Testing.Engine;

/// <summary>
/// A real Docker Engine, for one test class (IClassFixture) or one test. All that is made has names and labels of its
/// own; disposing removes it. What dead test processes left is removed when the first test of a process asks for the
/// engine.
/// </summary>
public sealed class TestEngine : IAsyncDisposable
{
    /// <summary>The label of everything that tests make; its value begins with the run.</summary>
    public const string Label = "lotse.test";

    private static readonly SemaphoreSlim Sweeping = new(1, 1);
    private static bool s_swept;
    private static int s_scopes;

    private readonly Uri _address = EngineGate.Address;
    private readonly DockerClient _client;
    private bool _answers;
    private int _names;

    /// <summary>Connects to nothing yet: see <see cref="RequireAsync"/>.</summary>
    public TestEngine()
    {
        using var configuration = new DockerClientConfiguration(_address);
        _client = configuration.CreateClient();
        Scope = $"{TestRun.Current}-{Interlocked.Increment(ref s_scopes)}";
    }

    /// <summary>Begins every name here, and is the value of the label.</summary>
    public string Scope { get; }

    /// <summary>For what has no helper here; label and name what it makes.</summary>
    public IDockerClient Client => _client;

    /// <summary>The label, as the engine wants it.</summary>
    public IDictionary<string, string> Labels => new Dictionary<string, string> { [Label] = Scope };

    /// <summary>
    /// To be called first in each test: skips it, with the reason, when no engine answers, or fails it when
    /// LOTSE_TEST_REQUIRE_ENGINE=1 says that there must be one.
    /// </summary>
    public async Task RequireAsync(CancellationToken cancellationToken)
    {
        await EngineGate.RequireAsync(_client, _address, EngineGate.MustBeThere, cancellationToken);
        _answers = true;
        await Sweeping.WaitAsync(cancellationToken);
        try
        {
            if (!s_swept)
            {
                await SweepDeadRunsAsync(TimeProvider.System.GetUtcNow(), cancellationToken);
                s_swept = true;
            }
        }
        finally
        {
            Sweeping.Release();
        }
    }

    /// <summary>A name that nobody else has, of at most 63 characters if the purpose has at most ten.</summary>
    public string Name(string purpose) => $"{Scope}-{Interlocked.Increment(ref _names)}-{purpose}";

    /// <summary>Creates and starts a container.</summary>
    public async Task<TestContainer> RunAsync(ContainerRequest request, CancellationToken cancellationToken)
    {
        var name = Name(request.Purpose);
        var parameters = Parameters(request, name);
        var created = await _client.Containers.CreateContainerAsync(parameters, cancellationToken);
        var container = new TestContainer(_client, created.ID, name);
        await container.StartAsync(cancellationToken);
        return container;
    }

    /// <summary>The container with a name, which someone else made.</summary>
    public async Task<TestContainer> FindAsync(string name, CancellationToken cancellationToken)
    {
        var found = await _client.Containers.InspectContainerAsync(name, cancellationToken);
        return new TestContainer(_client, found.ID, found.Name.TrimStart('/'));
    }

    /// <summary>All containers, running or not, whose names begin so.</summary>
    public async Task<IReadOnlyList<ContainerListResponse>> ListAsync(
        string prefix,
        CancellationToken cancellationToken
    )
    {
        var all = new ContainersListParameters { All = true };
        var containers = await _client.Containers.ListContainersAsync(all, cancellationToken);
        return [.. containers.Where(container => container.Names.Any(name => name.StartsWith('/' + prefix)))];
    }

    /// <summary>Creates a network and returns its name.</summary>
    public async Task<string> CreateNetworkAsync(CancellationToken cancellationToken)
    {
        var name = Name("net");
        var parameters = new NetworksCreateParameters { Name = name, Labels = Labels };
        await _client.Networks.CreateNetworkAsync(parameters, cancellationToken);
        return name;
    }

    /// <summary>Builds an image and returns its reference.</summary>
    /// <exception cref="InvalidOperationException">The build failed; the message is its output.</exception>
    public async Task<string> BuildAsync(
        string purpose,
        ImageContext context,
        CancellationToken cancellationToken,
        IReadOnlyDictionary<string, string>? arguments = null
    )
    {
        var reference = $"{Name(purpose)}:test";
        var parameters = new ImageBuildParameters
        {
            Tags = [reference],
            Labels = Labels,
            BuildArgs = new Dictionary<string, string>(arguments ?? new Dictionary<string, string>()),
            Remove = true,
            ForceRemove = true,
        };
        var output = new BuildOutput();
        var building = _client.Images.BuildImageFromDockerfileAsync(
            parameters,
            context.Finish(),
            [],
            new Dictionary<string, string>(),
            output,
            cancellationToken
        );
        await Wait.ForAsync(WaitKind.ImageBuild, building);
        output.ThrowIfFailed(reference);
        return reference;
    }

    /// <summary>Removes what was made here.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_answers)
        {
            await new Broom(_client, IsInScope).SweepAsync(CancellationToken.None);
        }

        _client.Dispose();
    }

    /// <summary>Removes what was left by test processes that are no more.</summary>
    internal Task SweepDeadRunsAsync(DateTimeOffset now, CancellationToken cancellationToken) =>
        new Broom(_client, text => TestRun.Parse(text)?.IsDead(now) == true).SweepAsync(cancellationToken);

    private bool IsInScope(string text) => text == Scope || text.StartsWith(Scope + '-', StringComparison.Ordinal);

    private CreateContainerParameters Parameters(ContainerRequest request, string name)
    {
        var ports = request.Ports.Select(port => $"{port}/tcp").ToList();
        var parameters = new CreateContainerParameters
        {
            Name = name,
            Image = request.Image,
            Cmd = request.Command?.ToList(),
            Env = [.. request.Environment.Select(variable => $"{variable.Key}={variable.Value}")],
            Labels = Labels,
            ExposedPorts = ports.ToDictionary(port => port, _ => default(EmptyStruct)),
            HostConfig = new HostConfig
            {
                PortBindings = ports.ToDictionary(port => port, _ => FreePort()),
                NetworkMode = request.Network,
                Memory = request.Memory ?? 0,
                MemorySwap = request.Memory ?? 0,
                Binds = [.. request.Binds],
            },
        };
        request.Configure(parameters);
        return parameters;
    }

    private static IList<PortBinding> FreePort() => [new PortBinding { HostIP = "127.0.0.1", HostPort = "" }];
}
