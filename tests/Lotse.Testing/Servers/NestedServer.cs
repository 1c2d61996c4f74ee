using System.Net.Sockets;
using System.Text;
using Docker.DotNet.Models;
using Lotse.Testing.Engine;

namespace Lotse.Testing.Servers;

/// <summary>A whole server, in a container: see <see cref="ServerFleet"/>.</summary>
public sealed class NestedServer
{
    /// <summary>Where sshd listens.</summary>
    public const int SshPort = 22;

    private const int LinesOfBlame = 20;
    private const string SshSettings = "/etc/ssh/sshd_config.d/test.conf";

    private static readonly TimeSpan ReadyLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly TestEngine _engine;
    private readonly TestContainer _container;
    private readonly ServerPlace _place;
    private readonly ServerKind _kind;

    private NestedServer(TestEngine engine, TestContainer container, ServerPlace place, ServerKind kind)
    {
        _engine = engine;
        _container = container;
        _place = place;
        _kind = kind;
    }

    /// <summary>The name that it gives itself.</summary>
    public string Name => _place.HostName;

    /// <summary>Its IPv4 address on the fleet's network, which this machine reaches; the same after a restart.</summary>
    public string Address => _place.Address;

    /// <summary>Its container on this machine's engine.</summary>
    public TestContainer Container => _container;

    /// <summary>What sshd identifies itself with; the same after a restart.</summary>
    public IReadOnlyList<HostKey> HostKeys { get; private set; } = [];

    /// <summary>Lines of known_hosts that make it trusted.</summary>
    public IEnumerable<string> KnownHostsLines => HostKeys.Select(key => key.KnownHostsLine(Address));

    /// <summary>Runs a script as root, past the network; one that fails is an error that shows what it wrote.</summary>
    /// <returns>What it wrote to standard output, without the last line's end.</returns>
    /// <exception cref="ServerUnavailableException">It ended with another code than 0.</exception>
    public async Task<string> ExecAsync(string script, CancellationToken cancellationToken)
    {
        var answer = await TryExecAsync(script, cancellationToken);
        return answer.ExitCode == 0
            ? answer.Output.TrimEnd('\n')
            : throw new ServerUnavailableException(
                $"On {Name}, exit code {answer.ExitCode}: {script}\n{answer.Output}{answer.Error}"
            );
    }

    /// <summary>Runs a script as root, past the network.</summary>
    public async Task<ServerAnswer> TryExecAsync(string script, CancellationToken cancellationToken)
    {
        var exec = _engine.Client.Exec;
        var parameters = new ContainerExecCreateParameters
        {
            Cmd = ["sh", "-c", script],
            AttachStdout = true,
            AttachStderr = true,
        };
        var created = await exec.ExecCreateContainerAsync(_container.Id, parameters, cancellationToken);
        using var stream = await exec.StartAndAttachContainerExecAsync(created.ID, tty: false, cancellationToken);
        var (output, error) = await stream.ReadOutputToEndAsync(cancellationToken);
        var ended = await exec.InspectContainerExecAsync(created.ID, cancellationToken);
        return new ServerAnswer(ended.ExitCode, output, error);
    }

    /// <summary>Power off: nothing on it gets a chance to say goodbye.</summary>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        await _container.KillAsync(cancellationToken);
        await _container.WaitForExitAsync(ReadyLimit, cancellationToken);
    }

    /// <summary>Power on after <see cref="KillAsync"/>; returns when sshd and the engine answer.</summary>
    public async Task RestartAsync(CancellationToken cancellationToken)
    {
        await _container.StartAsync(cancellationToken);
        await WaitUntilReadyAsync(cancellationToken);
    }

    /// <summary>Whatever was done to it: powers it on if it is off, connects it if it is not.</summary>
    public async Task ReviveAsync(CancellationToken cancellationToken)
    {
        var state = await _container.InspectAsync(cancellationToken);
        if (!state.NetworkSettings.Networks.ContainsKey(_place.Network))
        {
            await ReconnectAsync(cancellationToken);
        }

        if (!state.State.Running)
        {
            await RestartAsync(cancellationToken);
        }
    }

    /// <summary>Pulls the network cable: open connections hear nothing more.</summary>
    public Task DisconnectAsync(CancellationToken cancellationToken) =>
        _engine.Client.Networks.DisconnectNetworkAsync(
            _place.Network,
            new NetworkDisconnectParameters { Container = _container.Id, Force = true },
            cancellationToken
        );

    /// <summary>Plugs the cable in again, at the same address.</summary>
    public Task ReconnectAsync(CancellationToken cancellationToken) =>
        _engine.Client.Networks.ConnectNetworkAsync(
            _place.Network,
            new NetworkConnectParameters
            {
                Container = _container.Id,
                EndpointConfig = ServerContainer.Endpoint(_place),
            },
            cancellationToken
        );

    /// <summary>Gives sshd further settings (sshd_config(5)), or takes them back (null); connections that there are stay as they are.</summary>
    public async Task SetSshAsync(string? settings, CancellationToken cancellationToken)
    {
        var write = settings is null ? $"rm -f {SshSettings}" : $"printf '%s\\n' '{settings}' >{SshSettings}";
        // What a hang-up does leaves a moment in which the old one still listens: nobody could tell when the new one does.
        var restart =
            "id=$(cat /run/sshd.pid) && kill $id && while kill -0 $id 2>/dev/null; do sleep 0.05; done && /usr/sbin/sshd";
        await ExecAsync($"{write} && {restart}", cancellationToken);
        await WaitForSshAsync(cancellationToken);
    }

    /// <summary>Takes back what <see cref="SetSshAsync"/> set, where it was called at all.</summary>
    internal async Task ResetSshAsync(CancellationToken cancellationToken)
    {
        if ((await TryExecAsync($"[ -e {SshSettings} ]", cancellationToken)).ExitCode == 0)
        {
            await SetSshAsync(null, cancellationToken);
        }
    }

    /// <summary>Stops the engine and with it all its containers; returns when it is gone.</summary>
    public Task StopEngineAsync(CancellationToken cancellationToken) =>
        ExecAsync(
            "id=$(cat /run/docker.pid) && kill $id && while kill -0 $id 2>/dev/null; do sleep 0.05; done",
            cancellationToken
        );

    /// <summary>Starts the engine again; returns when it answers.</summary>
    public async Task StartEngineAsync(CancellationToken cancellationToken)
    {
        await ExecAsync(ServerContainer.StartEngine, cancellationToken);
        await WaitForEngineAsync(cancellationToken);
    }

    /// <summary>Writes to the engine's disk until only so much is free; meant for a limited one.</summary>
    public Task FillDiskAsync(long freeBytes, CancellationToken cancellationToken) =>
        ExecAsync(
            "set -e; cd /var/lib/docker; "
                + "free=$(df --output=avail --block-size=1 . | tail -n 1); "
                + $"fallocate --length $((free - {freeBytes})) filler",
            cancellationToken
        );

    /// <summary>Takes back what <see cref="FillDiskAsync"/> wrote.</summary>
    public Task FreeDiskAsync(CancellationToken cancellationToken) =>
        ExecAsync("rm -f /var/lib/docker/filler", cancellationToken);

    /// <summary>What crossed its network interface, counted by the kernel, headers included.</summary>
    public async Task<InterfaceBytes> ReadInterfaceBytesAsync(CancellationToken cancellationToken)
    {
        // Connected again, it has another name: eth1.
        var script =
            $"cd /sys/class/net/$(ip -brief address show to {Address} | cut -d @ -f 1)/statistics && "
            + "cat rx_bytes tx_bytes";
        var text = await ExecAsync(script, cancellationToken);
        var counts = text.Split('\n').Select(long.Parse).ToArray();
        return new InterfaceBytes(counts[0], counts[1]);
    }

    /// <summary>Creates it and starts it; returns when sshd and the engine answer.</summary>
    internal static async Task<NestedServer> StartAsync(
        TestEngine engine,
        string image,
        ServerPlace place,
        ServerKind kind,
        CancellationToken cancellationToken
    )
    {
        var parameters = ServerContainer.Parameters(engine, image, place, kind);
        var created = await engine.Client.Containers.CreateContainerAsync(parameters, cancellationToken);
        var container = new TestContainer(engine.Client, created.ID, parameters.Name);
        await using var files = await ServerContainer.FilesAsync(kind, cancellationToken);
        await engine.Client.Containers.ExtractArchiveToContainerAsync(
            created.ID,
            new ContainerPathStatParameters { Path = "/" },
            files,
            cancellationToken
        );
        var server = new NestedServer(engine, container, place, kind);
        await server.RestartAsync(cancellationToken);
        server.HostKeys = HostKey.Parse(await server.ExecAsync("cat /etc/ssh/ssh_host_*_key.pub", cancellationToken));
        return server;
    }

    private async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        await WaitForSshAsync(cancellationToken);
        if (_kind is not (ServerKind.Bare or ServerKind.Booted))
        {
            await WaitForEngineAsync(cancellationToken);
        }
    }

    // "docker version" is a round trip to the engine. Tried for about two minutes.
    private async Task WaitForEngineAsync(CancellationToken cancellationToken) =>
        await ExecAsync(
            "n=0; until docker version >/dev/null 2>&1; do n=$((n+1)); "
                + $"[ $n -lt 1200 ] || {{ tail -n {LinesOfBlame} {ServerContainer.EngineLog} >&2; exit 1; }}; "
                + "sleep 0.05; done",
            cancellationToken
        );

    private async Task WaitForSshAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ReadyLimit);
        while (!await GreetsAsync(limit.Token))
        {
            await AssertRunsAsync(limit.Token);
            await Task.Delay(Pause, TimeProvider.System, limit.Token);
        }
    }

    private async Task AssertRunsAsync(CancellationToken cancellationToken)
    {
        if (!(await _container.InspectAsync(cancellationToken)).State.Running)
        {
            var log = await _container.LogAsync(cancellationToken);
            throw new ServerUnavailableException($"{Name} ended before sshd listened. Its log:\n{log}");
        }
    }

    private async Task<bool> GreetsAsync(CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(Address, SshPort, cancellationToken);
            var greeting = new byte[4];
            await client.GetStream().ReadExactlyAsync(greeting, cancellationToken);
            return Encoding.ASCII.GetString(greeting) == "SSH-";
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            return false;
        }
    }
}
