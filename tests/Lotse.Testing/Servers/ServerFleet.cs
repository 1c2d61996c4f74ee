using Lotse.Testing.Engine;
using Lotse.Testing.Waiting;

namespace Lotse.Testing.Servers;

/// <summary>
/// Servers to deploy to, each a container with sshd and (but for bare ones) a Docker Engine of its own,
/// on one network that this machine reaches. All of it is named and labelled as the engine's other things are, so that it
/// goes with the fleet, with the <see cref="TestEngine"/>, or with the first test after a run that died.
/// <code>
/// await using var fleet = await ServerFleet.StartAsync(engine, 3, new ServerOptions(), cancellation);
/// ssh -i [fleet.KeyPath] -o UserKnownHostsFile=[fleet.KnownHostsPath] root@[fleet.Servers[0].Address]
/// </code>
/// The first fleet on a machine makes the image (most of a minute); after that, servers are up within seconds.
/// </summary>
public sealed class ServerFleet : IAsyncDisposable
{
    /// <summary>Who may log in.</summary>
    public const string User = "root";

    private const string MakeKey =
        "cd $(mktemp -d) && ssh-keygen -q -t ed25519 -N '' -C test -f key && cat key && cat key.pub >&2";

    private readonly TestEngine _engine;
    private readonly ServerNetwork _network;
    private readonly string _image;
    private readonly ServerOptions _options;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("lotse-servers-");
    private readonly SemaphoreSlim _turn = new(1, 1);
    private List<NestedServer> _servers = [];
    private int _places;

    private ServerFleet(TestEngine engine, ServerNetwork network, string image, ServerOptions options)
    {
        _engine = engine;
        _network = network;
        _image = image;
        _options = options;
    }

    /// <summary>The servers, named server1, server2 and so on.</summary>
    public IReadOnlyList<NestedServer> Servers => _servers;

    /// <summary>A private ed25519 key without a passphrase, of this fleet alone: root's on every server.</summary>
    public string KeyPath => Path.Combine(_folder.FullName, "id_ed25519");

    /// <summary>The line of authorized_keys that belongs to the key.</summary>
    public string PublicKey { get; private set; } = "";

    /// <summary>A known_hosts file with the keys of all servers.</summary>
    public string KnownHostsPath => Path.Combine(_folder.FullName, "known_hosts");

    /// <summary>The network's name on this machine's engine: other containers may join it.</summary>
    public string Network => _network.Name;

    /// <summary>
    /// Starts servers, all at once; returns when each one's sshd and engine answer. None at first is fine, where they are added later. Skips the test where no engine answers or
    /// no server can be made.
    /// </summary>
    /// <exception cref="ServerUnavailableException">The image could not be made, or a server did not start.</exception>
    public static async Task<ServerFleet> StartAsync(
        TestEngine engine,
        int count,
        ServerOptions options,
        CancellationToken cancellationToken
    )
    {
        await engine.RequireAsync(cancellationToken);
        var image = await ServerImage.EnsureAsync(engine.Client, options.Kind, cancellationToken);
        var network = await ServerNetwork.CreateAsync(engine, cancellationToken);
        var fleet = new ServerFleet(engine, network, image, options);
        try
        {
            if (count > 0)
            {
                await fleet.AddAsync(count, cancellationToken);
            }

            return fleet;
        }
        catch
        {
            // What was begun goes with the engine's other things.
            fleet._folder.Delete(recursive: true);
            throw;
        }
    }

    /// <summary>Starts more servers of the same kind, all at once; returns them when each one's sshd and engine answer.</summary>
    /// <exception cref="ServerUnavailableException">A server did not start.</exception>
    public async Task<IReadOnlyList<NestedServer>> AddAsync(int count, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            // A place that a server has left is not used again: its address may be remembered.
            var first = _places;
            _places += count;
            var added = await Wait.ForAsync(WaitKind.ServerBoot, StartServersAsync(first, count, cancellationToken));
            await AuthorizeAsync(added, cancellationToken);
            _servers = [.. _servers, .. added];
            await File.WriteAllLinesAsync(
                KnownHostsPath,
                _servers.SelectMany(s => s.KnownHostsLines),
                cancellationToken
            );
            return added;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Ends a server for good, whatever state it is in.</summary>
    public async Task RemoveAsync(NestedServer server, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            _servers = [.. _servers.Where(s => s != server)];
            await DestroyAsync(server);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_servers.Select(DestroyAsync));
        await _engine.Client.Networks.DeleteNetworkAsync(_network.Name, CancellationToken.None);
        _folder.Delete(recursive: true);
        _turn.Dispose();
    }

    private async Task<IReadOnlyList<NestedServer>> StartServersAsync(
        int first,
        int count,
        CancellationToken cancellationToken
    ) =>
        await Task.WhenAll(
            Enumerable
                .Range(first, count)
                .Select(i => new ServerPlace($"server{i + 1}", Network, _network.Address(i), _options.DiskBytes))
                .Select(place => NestedServer.StartAsync(_engine, _image, place, _options.Kind, cancellationToken))
        );

    private async Task AuthorizeAsync(IReadOnlyList<NestedServer> added, CancellationToken cancellationToken)
    {
        if (PublicKey.Length == 0)
        {
            var pair = await added[0].TryExecAsync(MakeKey, cancellationToken);
            PublicKey = pair.Error.Trim();
            await WriteKeyAsync(pair.Output, cancellationToken);
        }

        var authorize = $"umask 077 && mkdir -p /root/.ssh && echo '{PublicKey}' >> /root/.ssh/authorized_keys";
        await Task.WhenAll(added.Select(server => server.ExecAsync(authorize, cancellationToken)));
    }

    private async Task WriteKeyAsync(string key, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using var writer = new StreamWriter(KeyPath, options);
        await writer.WriteAsync(key.AsMemory(), cancellationToken);
    }

    // A named volume does not go with its container.
    private async Task DestroyAsync(NestedServer server)
    {
        var mounts = (await server.Container.InspectAsync(CancellationToken.None)).Mounts;
        await server.Container.DisposeAsync();
        foreach (var volume in mounts.Where(mount => mount.Type == "volume"))
        {
            await _engine.Client.Volumes.RemoveAsync(volume.Name, force: true, CancellationToken.None);
        }
    }
}
