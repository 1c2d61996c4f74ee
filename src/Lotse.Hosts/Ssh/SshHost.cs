using System.Globalization;
using Docker.DotNet;
using Lotse.Execution.Ports;
using Lotse.Hosts.Docker;
using Lotse.Hosts.Ssh.Access;
using Lotse.Planning.Setup;

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

    /// <summary>
    /// Images travel over a connection of their own: whoever ends a transfer before its end, as an engine does whose disk is full, makes sshd end the
    /// connection (SSH.NET sends on a channel that is closed, RFC 4254, section 5.3), and all else must not end with it.
    /// </summary>
    private readonly SshConnection tunnel;
    private readonly DockerClient following;
    private readonly SshStore store;
    private readonly ServerClock clock;
    private readonly SemaphoreSlim shortTurn = new(1);

    internal SshHost(
        SshConnection connection,
        Func<SshConnection> further,
        SshLink link,
        HostFacts facts,
        ServerClock clock,
        string storeName,
        Func<IContainerEngine, IEdgeProxy> proxy
    )
    {
        this.connection = connection;
        this.facts = facts;
        Address = link.HostName;
        this.clock = clock;
        longStreams = new LongStreams(connection, further);
        tunnel = further();
        client = new SshEngine((a, c, t) => connection.OpenStreamAsync(a, c, t), Docker, MostRequests).CreateClient();
        var longEngine = new SshEngine(longStreams.OpenAsync, Docker, int.MaxValue);
        following = longEngine.CreateClient();
        Engine = new DockerEngine(connection.Host, client, ExecAsync, following, longEngine.OpenAsync);
        Proxy = proxy(Engine);
        Func<string, string>? asRoot = facts.Place == StatePlace.BySudo ? RootScript.Of : null;
        store = new SshStore(connection, $"{facts.StateFolder}/{storeName}", clock, asRoot);
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
    public TimeSpan? ClockAhead => clock.Ahead;

    /// <inheritdoc/>
    public string DataFolder => facts.StateFolder;

    /// <inheritdoc/>
    public bool IsBuilder => false;

    private string Docker => $"{Sudo}docker";

    private string Sudo => facts.Engine == EngineAccess.Sudo ? "sudo -n " : "";

    /// <inheritdoc/>
    public async Task<string?> ReachRegistryAsync(string registry, CancellationToken cancellation) =>
        await tunnel.ForwardAsync(new Uri($"http://{registry}").Port, cancellation) is { } port
            ? $"127.0.0.1:{port}"
            : null;

    /// <inheritdoc/>
    public bool HasLostRegistry => tunnel.HasLostForwards;

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

    /// <inheritdoc/>
    public async Task LeaveRegistryAsync(CancellationToken cancellation)
    {
        await tunnel.EndForwardsAsync(cancellation);
        await tunnel.CloseAsync();
    }

    /// <inheritdoc/>
    public async Task<bool> HasDataAsync(string folder, CancellationToken cancellation)
    {
        const string Look = """[ -d "$1" ] && { [ ! -r "$1" ] || [ -n "$(ls -A "$1")" ]; }""";
        var answer = await connection.RunAsync(
            $"look into {folder}",
            ShellText.Script(Look, folder),
            null,
            DiskLimit,
            cancellation
        );
        return answer.ExitCode == 0;
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
        await tunnel.DisposeAsync();
        await connection.DisposeAsync();
        store.Dispose();
        shortTurn.Dispose();
    }

    /// <summary>The Engine API takes over the connection for this, which HTTP clients cannot follow; the command does the same in one go.</summary>
    private async Task<CommandResult> ExecAsync(ContainerCommand command, CancellationToken cancellation)
    {
        var words = string.Join(' ', command.Words.Prepend(command.Container).Select(ShellText.Quote));
        var action = $"run {command.Words.FirstOrDefault()} in {command.Container}";
        var line = $"{Sudo}{Watchdog(command.Limit)}docker exec {words}";
        if (command.Limit == Timeout.InfiniteTimeSpan || command.Limit > LongestShort)
        {
            return await longStreams.RunAsync(action, line, cancellation);
        }

        // One at a time: when the engine hangs, the store must still find a way.
        await shortTurn.WaitAsync(cancellation);
        try
        {
            return await connection.RunAsync(action, line, null, Timeout.InfiniteTimeSpan, cancellation);
        }
        finally
        {
            shortTurn.Release();
        }
    }

    /// <summary>
    /// Nothing ends a command when its channel is closed (RFC 4254, 5.3): one that waits for an engine that hangs would be carried out whenever that comes to
    /// itself, after it was given up here. So the server ends it, a little later than it is given up.
    /// </summary>
    private static string Watchdog(TimeSpan limit) =>
        limit == Timeout.InfiniteTimeSpan
            ? ""
            : string.Create(
                CultureInfo.InvariantCulture,
                $"timeout -k 1 {Math.Ceiling(limit.TotalSeconds) + WatchdogSeconds:0} "
            );

    private static readonly TimeSpan LongestShort = TimeSpan.FromSeconds(30);
    private const int WatchdogSeconds = 2;
    private static readonly TimeSpan DiskLimit = TimeSpan.FromSeconds(20);
}
