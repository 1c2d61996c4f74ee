using Lotse.Testing.Engine;

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
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("lotse-servers-");
    private List<NestedServer> _servers = [];

    private ServerFleet(TestEngine engine, ServerNetwork network)
    {
        _engine = engine;
        _network = network;
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
    /// Starts servers, all at once; returns when each one's sshd and engine answer. Skips the test where no engine answers or
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
        var fleet = new ServerFleet(engine, await ServerNetwork.CreateAsync(engine, cancellationToken));
        try
        {
            await fleet.StartServersAsync(image, count, options, cancellationToken);
            await fleet.AuthorizeAsync(cancellationToken);
            return fleet;
        }
        catch
        {
            // What was begun goes with the engine's other things.
            fleet._folder.Delete(recursive: true);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_servers.Select(RemoveAsync));
        await _engine.Client.Networks.DeleteNetworkAsync(_network.Name, CancellationToken.None);
        _folder.Delete(recursive: true);
    }

    private async Task StartServersAsync(
        string image,
        int count,
        ServerOptions options,
        CancellationToken cancellationToken
    )
    {
        var starts = Enumerable
            .Range(0, count)
            .Select(i => new ServerPlace($"server{i + 1}", Network, _network.Address(i), options.DiskBytes))
            .Select(place => NestedServer.StartAsync(_engine, image, place, options.Kind, cancellationToken));
        _servers = [.. await Task.WhenAll(starts)];
    }

    private async Task AuthorizeAsync(CancellationToken cancellationToken)
    {
        var pair = await _servers[0].TryExecAsync(MakeKey, cancellationToken);
        PublicKey = pair.Error.Trim();
        await WriteKeyAsync(pair.Output, cancellationToken);
        await File.WriteAllLinesAsync(KnownHostsPath, _servers.SelectMany(s => s.KnownHostsLines), cancellationToken);
        var authorize = $"umask 077 && mkdir -p /root/.ssh && echo '{PublicKey}' >> /root/.ssh/authorized_keys";
        await Task.WhenAll(_servers.Select(server => server.ExecAsync(authorize, cancellationToken)));
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
    private async Task RemoveAsync(NestedServer server)
    {
        var mounts = (await server.Container.InspectAsync(CancellationToken.None)).Mounts;
        await server.Container.DisposeAsync();
        foreach (var volume in mounts.Where(mount => mount.Type == "volume"))
        {
            await _engine.Client.Volumes.RemoveAsync(volume.Name, force: true, CancellationToken.None);
        }
    }
}
