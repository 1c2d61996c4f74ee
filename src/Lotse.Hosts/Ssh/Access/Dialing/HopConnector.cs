using System.Net;
using System.Net.Sockets;
using Lotse.Execution.Ports;
using Lotse.Hosts.Ssh.Access.Keys;
using Lotse.Hosts.Ssh.Access.KnownHosts;
using Renci.SshNet;

namespace Lotse.Hosts.Ssh.Access.Dialing;

/// <summary>Connects to one server, checks its key, and logs in.</summary>
internal sealed class HopConnector(SshSettings settings, TimeProvider time)
{
    private static readonly TimeSpan WindowTimeout = TimeSpan.FromMinutes(15);
    private readonly KeyRing ring = new(settings, time);

    /// <summary>Opens the way to a server.</summary>
    /// <param name="host">The host that is to be reached in the end.</param>
    /// <param name="hop">The server.</param>
    /// <param name="through">The connection to the jump host before it; null for none.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<HopPath> OpenPathAsync(
        string host,
        Hop hop,
        (SshClient Client, Hop Hop)? through,
        CancellationToken cancellation
    )
    {
        if (through is { } jump)
        {
            return JumpPath.Open(jump.Client, jump.Hop, hop);
        }

        if (hop.ProxyCommand is { } command)
        {
            return ProcessPath.Open(command);
        }

        try
        {
            var addresses = await NameLookup.FindAsync(hop.Name, hop.ConnectTimeout, time, cancellation);
            return new DirectPath([.. addresses.Select(a => new IPEndPoint(a, hop.Port))]);
        }
        catch (Exception failure) when (failure is SocketException or TimeoutException)
        {
            throw new DialFailures(host, hop).NameNotFound(failure);
        }
    }

    /// <summary>Connects and logs in.</summary>
    /// <exception cref="HostException">It cannot be reached, its key is not the known one, or it does not let the user in.</exception>
    public async Task<SshClient> ConnectAsync(string host, Hop hop, HopPath path, CancellationToken cancellation)
    {
        // Reading keys may mean to ask a person, and the agent is asked by blocking calls: who interrupts need not answer first.
        var keys = await Blocking.RunAsync(() => ring.Collect(hop.Keys), cancellation);
        var known = KnownKeysOf(hop);
        var method = MethodOf(hop, keys);
        HostKeyVerdict? verdict = null;
        var limits = LimitsOf(hop, path, keys);
        var (tried, client) = await TryAsync(
            hop,
            path,
            method,
            limits,
            connection => HostKeyAlgorithms.Prefer(connection, known.TypesOf(hop.KeyName, hop.Port)),
            key => (verdict = known.Judge(hop.KeyName, hop.Port, key)).Trust == HostKeyTrust.Trusted,
            cancellation
        );
        if (client is not null)
        {
            client.KeepAliveInterval = hop.KeepAlive;
            // What is sent waits as long for a server that takes nothing just now. Links that are dead are found otherwise, and calls have limits of their own.
            client.ConnectionInfo.Timeout = WindowTimeout;
            return client;
        }

        var attempt = tried[^1];
        var failures = new DialFailures(host, hop);
        throw attempt.Reached switch
        {
            Stage.Connect => await failures.NotReachedAsync(tried, path, time, cancellation),
            Stage.KeyExchange => failures.NoAgreement(attempt, path),
            Stage.HostKey => new HostKeyFailures(settings, host, hop).Refused(attempt.HostKey!, verdict!, known),
            _ => failures.NotLetIn(attempt, keys, method, limits.Login),
        };
    }

    /// <summary>Asks for a host key of one kind, and goes away.</summary>
    /// <returns>The key; null when the server has none of this kind.</returns>
    /// <exception cref="HostException">It cannot be reached.</exception>
    public async Task<PublicKey?> AskHostKeyAsync(
        string host,
        Hop hop,
        HopPath path,
        string type,
        CancellationToken cancellation
    )
    {
        var (tried, _) = await TryAsync(
            hop,
            path,
            new NoneAuthenticationMethod(hop.User),
            LimitsOf(hop, path, null),
            connection => HostKeyAlgorithms.Restrict(connection, HostKeyAlgorithms.For([type])),
            _ => false,
            cancellation
        );
        var (attempt, failures) = (tried[^1], new DialFailures(host, hop));
        return attempt switch
        {
            { Reached: Stage.Connect } => throw await failures.NotReachedAsync(tried, path, time, cancellation),
            { HostKey: null, Failure: TimeoutException } => throw failures.NoAgreement(attempt, path),
            _ => attempt.HostKey,
        };
    }

    /// <summary>What is known of a server's keys.</summary>
    public KnownHostKeys KnownKeysOf(Hop hop) =>
        new(
            KnownHostsFile.Read(settings.PinsFile, settings.Show(settings.PinsFile)),
            [.. hop.KnownHostsFiles.Select(f => KnownHostsFile.Read(f, settings.Show(f)))]
        );

    private static AuthenticationMethod MethodOf(Hop hop, OfferedKeys keys) =>
        keys.Keys.Count == 0
            ? new NoneAuthenticationMethod(hop.User)
            : new PrivateKeyAuthenticationMethod(hop.User, [.. keys.Keys]);

    /// <summary>Each address has its share of the time to answer.</summary>
    private AttemptLimits LimitsOf(Hop hop, HopPath path, OfferedKeys? keys)
    {
        var login = hop.ConnectTimeout > settings.LoginTimeout ? hop.ConnectTimeout : settings.LoginTimeout;
        var mayAsk = keys is not null && keys.Keys.Any(k => k.IsHeldByAgent) && login < AgentClient.Patience;
        return new AttemptLimits(hop.ConnectTimeout / path.EndPoints.Count, mayAsk ? AgentClient.Patience : login);
    }

    /// <summary>Tries each address until an SSH server answers at one.</summary>
    /// <returns>The attempts, and the connection of the last one; null when that failed, too.</returns>
    private async Task<(List<Attempt> Tried, SshClient? Client)> TryAsync(
        Hop hop,
        HopPath path,
        AuthenticationMethod method,
        AttemptLimits limits,
        Action<ConnectionInfo> prepare,
        Func<PublicKey, bool> accept,
        CancellationToken cancellation
    )
    {
        var tried = new List<Attempt>();
        foreach (var endPoint in path.EndPoints)
        {
            var attempt = new Attempt(endPoint);
            tried.Add(attempt);
            var address = endPoint.Address.ToString();
            var connection = new ConnectionInfo(address, endPoint.Port, hop.User, method)
            {
                Timeout = limits.Login,
                LoggerFactory = new Farewell(),
            };
            prepare(connection);
            var client = await attempt.RunAsync(connection, accept, limits, time, cancellation);
            if (client is not null || attempt.Reached != Stage.Connect)
            {
                return (tried, client);
            }
        }

        return (tried, null);
    }
}
