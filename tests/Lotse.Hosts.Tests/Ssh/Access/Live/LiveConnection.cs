using System.Diagnostics;
using Lotse.Configuration;
using Lotse.Execution.Ports;
using Lotse.Hosts.Ssh;
using Lotse.Hosts.Ssh.Access;

namespace Lotse.Hosts.Tests.Ssh.Access.Live;

/// <summary>A connection to a real sshd of a test's own.</summary>
internal sealed class LiveConnection : IAsyncDisposable
{
    private readonly AccessWorld world;
    private readonly SshServer server;

    private LiveConnection(AccessWorld world, SshServer server, Func<SshSettings, SshSettings> change)
    {
        (this.world, this.server) = (world, server);
        var config = new SshConfig
        {
            User = SshServer.User,
            Port = server.Port,
            Keys = ["~/.ssh/own"],
        };
        var settings = change(world.Settings(config));
        Connection = new SshConnection("one", _ => DialAsync(settings), TimeProvider.System);
    }

    /// <summary>What becomes of a further attempt to connect; null for what really does.</summary>
    public HostException? NoFurther { get; set; }

    public SshConnection Connection { get; }

    /// <summary>What sshd has said until now.</summary>
    public IReadOnlyList<string> Log => server.Log;

    /// <summary>A folder of the test's own.</summary>
    public string Root => world.Root;

    /// <param name="change">What is special about the connection.</param>
    /// <param name="options">Further lines of sshd's configuration.</param>
    public static async Task<LiveConnection> StartAsync(Func<SshSettings, SshSettings> change, params string[] options)
    {
        var world = new AccessWorld();
        var server = await SshServer.StartAsync(world.Root, ["ed25519"], options);
        world.Pin(server.KnownHost());
        server.Authorize(world.Key("own") + ".pub");
        return new LiveConnection(world, server, change);
    }

    /// <summary>The same, where nothing runs on it that would tell its process.</summary>
    public async Task BreakAsync()
    {
        var token = TestContext.Current.CancellationToken;
        await using var stream = await Connection.OpenStreamAsync("break", "sh -c 'echo $$; exec sleep 600'", token);
        using var reader = new StreamReader(stream);
        await BreakAsync((await reader.ReadLineAsync(token))!);
    }

    /// <summary>Ends the process of sshd's that serves the connection, as a network that breaks would.</summary>
    /// <param name="process">A process that was started over the connection.</param>
    public static async Task BreakAsync(string process)
    {
        using var kill = Process.Start("kill", ["-KILL", SessionOf(process)]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, kill.ExitCode);
    }

    public async ValueTask DisposeAsync()
    {
        await Connection.DisposeAsync();
        await server.DisposeAsync();
        world.Dispose();
    }

    private Task<SshLink> DialAsync(SshSettings settings) =>
        NoFurther is null ? AccessWorld.DialAsync("127.0.0.1", settings) : Task.FromException<SshLink>(NoFurther);

    private static string SessionOf(string process)
    {
        var parent = File.ReadLines($"/proc/{process}/status")
            .Single(l => l.StartsWith("PPid:", StringComparison.Ordinal))[5..]
            .Trim();
        return File.ReadAllText($"/proc/{parent}/comm").StartsWith("sshd", StringComparison.Ordinal)
            ? parent
            : SessionOf(parent);
    }
}
