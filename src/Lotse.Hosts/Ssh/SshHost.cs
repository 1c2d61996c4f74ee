using Docker.DotNet;
using Lotse.Execution.Ports;
using Lotse.Hosts.Docker;
using Lotse.Hosts.Ssh.Access;

namespace Lotse.Hosts.Ssh;

/// <summary>A server over SSH.</summary>
public sealed class SshHost : IHost, IAsyncDisposable
{
    /// <summary>Of the channels that are there for streams, one is for those that stay open, and two are left to shells that wait for commands.</summary>
    private const int MostRequests = SshConnection.MostChannels - LongStreams.OnOwn - 2;
    private readonly SshConnection connection;
    private readonly HostFacts facts;
    private readonly DockerClient client;
    private readonly LongStreams longStreams;
    private readonly DockerClient following;
    private readonly SshStore store;

    internal SshHost(
        SshConnection connection,
        Func<SshConnection> further,
        SshLink link,
        HostFacts facts,
        TimeSpan? clockAhead,
        string storeName,
        Func<IContainerEngine, IEdgeProxy> proxy
    )
    {
        this.connection = connection;
        this.facts = facts;
        Address = link.HostName;
        ClockAhead = clockAhead;
        longStreams = new LongStreams(connection, further);
        client = new SshEngine((a, c, t) => connection.OpenStreamAsync(a, c, t), Docker, MostRequests).CreateClient();
        var longEngine = new SshEngine(longStreams.OpenAsync, Docker, int.MaxValue);
        following = longEngine.CreateClient();
        Engine = new DockerEngine(connection.Host, client, ExecAsync, following, longEngine.OpenAsync);
        Proxy = proxy(Engine);
        store = new SshStore(connection, $"{facts.StateFolder}/{storeName}");
    }

    /// <inheritdoc/>
    public string Name => connection.Host;

    /// <inheritdoc/>
    public IContainerEngine Engine { get; }

    /// <inheritdoc/>
    public IEdgeProxy Proxy { get; }

    /// <inheritdoc/>
    public IHostStore Store => store;

    /// <inheritdoc/>
    public string Address { get; }

    /// <inheritdoc/>
    public TimeSpan? ClockAhead { get; }

    /// <inheritdoc/>
    public string DataFolder => facts.StateFolder;

    /// <inheritdoc/>
    public bool IsBuilder => false;

    private string Docker => facts.Engine == EngineAccess.Sudo ? "sudo -n docker" : "docker";

    /// <inheritdoc/>
    public async Task<string?> ReachRegistryAsync(string registry, CancellationToken cancellation) =>
        await connection.ForwardAsync(new Uri($"http://{registry}").Port, cancellation) is { } port
            ? $"127.0.0.1:{port}"
            : null;

    /// <inheritdoc/>
    public Task<bool> IsPortFreeAsync(int port, CancellationToken cancellation) =>
        Task.FromResult(!facts.ListeningPorts.Contains(port));

    /// <inheritdoc/>
    public async Task<DiskSpace?> GetDiskAsync(string folder, bool isAskedAnew, CancellationToken cancellation)
    {
        if (!isAskedAnew)
        {
            return facts.DiskOf(folder);
        }

        var command = ShellText.Script(HostFacts.DiskScript, folder);
        var answer = await connection.RunAsync("look at the disk", command, null, DiskLimit, cancellation);
        return HostFacts.Parse(answer.Output).DiskOf(folder);
    }

    /// <summary>Runs a script on the server, by sh.</summary>
    /// <param name="action">What it is for, in words.</param>
    /// <param name="script">The script; POSIX sh.</param>
    /// <param name="input">What it reads on its standard input; null for nothing.</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="cancellation">Ends it.</param>
    public Task<CommandResult> RunScriptAsync(
        string action,
        string script,
        string? input,
        TimeSpan limit,
        CancellationToken cancellation
    ) =>
        connection.RunAsync(
            action,
            ShellText.Script(script),
            input is null ? null : System.Text.Encoding.UTF8.GetBytes(input),
            limit,
            cancellation
        );

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        following.Dispose();
        await longStreams.DisposeAsync();
        await connection.DisposeAsync();
        store.Dispose();
    }

    /// <summary>The Engine API takes over the connection for this, which HTTP clients cannot follow; the command does the same in one go.</summary>
    private Task<CommandResult> ExecAsync(string container, IEnumerable<string> command, CancellationToken cancellation)
    {
        var words = string.Join(' ', command.Prepend(container).Select(ShellText.Quote));
        var action = $"run {command.FirstOrDefault()} in {container}";
        return connection.RunAsync(action, $"{Docker} exec {words}", null, ExecLimit, cancellation);
    }

    private static readonly TimeSpan DiskLimit = TimeSpan.FromSeconds(20);

    /// <summary>Commands in containers have deadlines of their own (a health gate may take minutes); this one is for the connection's sake.</summary>
    private static readonly TimeSpan ExecLimit = TimeSpan.FromHours(1);
}
