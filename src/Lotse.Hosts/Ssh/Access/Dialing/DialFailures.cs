using System.Net.Sockets;
using System.Text;
using Lotse.Execution.Ports;
using Lotse.Hosts.Ssh.Access.Keys;
using Renci.SshNet;

namespace Lotse.Hosts.Ssh.Access.Dialing;

/// <summary>Says why a server was not reached or did not let the user in.</summary>
internal sealed class DialFailures(string host, Hop hop)
{
    /// <summary>The name has no address.</summary>
    public HostException NameNotFound(Exception failure) =>
        Unreachable(
            failure is TimeoutException
                ? $"no name server told the address of {hop.Name} within {hop.ConnectTimeout.TotalSeconds:0} s."
                : $"the name {hop.Name} has no address ({((SocketException)failure).SocketErrorCode}).",
            failure is TimeoutException
                ? "Check this machine's network and name servers."
                : "Check the name in config/deploy*.yml (or HostName in ~/.ssh/config), and this machine's name servers.",
            failure
        );

    /// <summary>No SSH server has answered, at none of the addresses.</summary>
    public async Task<HostException> NotReachedAsync(
        IReadOnlyList<Attempt> tried,
        HopPath path,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        if (path is not DirectPath)
        {
            return NotReachedVia(tried[^1], path);
        }

        var limit = hop.ConnectTimeout / tried.Count;
        var outcomes = await Task.WhenAll(tried.Select(a => DescribeAsync(a, limit, time, cancellation)));
        // An address that this machine has no way to (IPv6 where there is none) says nothing of the server.
        var telling = outcomes.FirstOrDefault(o => !o.IsNoWay) ?? outcomes[0];
        return Unreachable(
            string.Join("\n    ", outcomes.Select(o => o.Fact)),
            telling.Cure,
            tried[Array.IndexOf(outcomes, telling)].Failure
        );
    }

    private async Task<Outcome> DescribeAsync(
        Attempt attempt,
        TimeSpan limit,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        var at = attempt.At;
        if (attempt.Failure is SocketException { SocketErrorCode: var error })
        {
            var isNoWay = error is SocketError.HostUnreachable or SocketError.NetworkUnreachable;
            return new Outcome($"{at}: {Words(error)}.", Cure(error), isNoWay);
        }

        return await ServerProbe.AskAsync(at, time, cancellation) switch
        {
            null => new Outcome($"{at} did not answer within {limit.TotalSeconds:0.#} s.", Cure(SocketError.TimedOut)),
            "" => new Outcome(
                $"{at} takes connections but says nothing, as an SSH server must, or hangs up at once.",
                "Check the port under ssh.port and that sshd runs there. It may also have blocked this machine's address "
                    + "after failed logins (fail2ban), or have too many logins at once (MaxStartups)."
            ),
            var word => new Outcome(
                $"what listens at {at} is no SSH server; it says: {word}",
                "Check the port under ssh.port, or Port in ~/.ssh/config."
            ),
        };
    }

    /// <summary>What came of one address.</summary>
    private sealed record Outcome(string Fact, string Cure, bool IsNoWay = false);

    /// <summary>An SSH server has answered, but the two came to no common key.</summary>
    public HostException NoAgreement(Attempt attempt, HopPath path) =>
        Unreachable(
            $"the SSH server answered{Blank(path.Via)}, but the connection failed while keys were exchanged: {attempt.Failure!.Message}",
            "Look into the server's log (`journalctl -u ssh`). Very old servers have no algorithm that is still safe.",
            attempt.Failure
        );

    /// <summary>An SSH server has answered, but has no host key of a kind that is taken.</summary>
    public HostException NoHostKey(IEnumerable<string> types) =>
        Unreachable(
            $"the SSH server answered, but presented no host key of the kinds {string.Join(", ", types)}.",
            "Look into the server's log (`journalctl -u ssh`), and make it keys where it has none: `ssh-keygen -A`.",
            null
        );

    /// <summary>The server is the right one, but does not let the user in.</summary>
    public HostException NotLetIn(Attempt attempt, OfferedKeys keys, AuthenticationMethod method, TimeSpan limit)
    {
        if (attempt.Failure is TimeoutException)
        {
            return Unreachable(
                $"the server did not finish the login within {limit.TotalSeconds:0.#} s.",
                "Check the server's load and its log (`journalctl -u ssh`), and whether the ssh-agent waits for a confirmation.",
                attempt.Failure
            );
        }

        if (attempt.IsLost && keys.Keys.Count > 0)
        {
            return Unreachable(
                $"the connection broke while {hop.User} was logged in: {attempt.Failure!.Message}",
                "Check the network between, and the server's log (`journalctl -u ssh`).",
                attempt.Failure
            );
        }

        var evidence = new StringBuilder($"{hop.Address} let the user {hop.User} in with none of the keys:");
        evidence.Append(string.Concat(keys.Keys.Select(Tried)));
        evidence.Append(keys.Keys.Count == 0 ? "\n    no key was found" : "");
        evidence.Append(string.Concat(keys.Notes.Concat(hop.Notes).Select(n => $"\n    {n}")));
        var allowed = method.AllowedAuthentications ?? [];
        if (allowed.Length > 0 && !allowed.Contains("publickey"))
        {
            evidence.Append($"\n    the server takes no keys at all, only: {string.Join(", ", allowed)}");
        }

        return Make(HostFailure.Authentication, "log in", evidence.ToString(), LoginCure(keys), attempt.Failure);
    }

    private string LoginCure(OfferedKeys keys) =>
        keys.Keys.Count == 0
            ? "Make a key (`ssh-keygen -t ed25519`), or name yours under ssh: keys: in config/deploy.yml; in CI, name a secret "
                + $"that holds one under ssh: key_data:. Its public part belongs into ~/.ssh/authorized_keys of {hop.User} on the server."
            : $"Add the public part of one of them to ~/.ssh/authorized_keys of {hop.User} on the server (its log says why it refused: "
                + "`journalctl -u ssh`), or name the right key under ssh: keys: and the right user under ssh: user: in config/deploy.yml.";

    private static string Tried(OfferedKey key)
    {
        var outcome =
            key.Failure is { } failure ? $"could not sign: {failure}"
            : key.WasOffered ? "refused"
            : "not tried any more: the server hung up after too many keys (MaxAuthTries); name the right one under ssh: keys:";
        return $"\n    {key.Key} from {key.Label}: {outcome}";
    }

    private HostException NotReachedVia(Attempt attempt, HopPath path)
    {
        var trouble = path.Trouble.Length > 0 ? path.Trouble : attempt.Failure!.Message;
        return path is ProcessPath
            ? Unreachable(
                $"no SSH server answered {path.Via}: {trouble}",
                "Run that command by hand: it must print a line that begins with SSH-2.0.",
                attempt.Failure
            )
            : Unreachable(
                $"no SSH server answered {path.Via}: {trouble}",
                $"Check that {hop.Name}:{hop.Port} can be reached from there, and that its sshd allows it: `AllowTcpForwarding yes` (or `local`).",
                attempt.Failure
            );
    }

    private static string Words(SocketError error) =>
        error switch
        {
            SocketError.ConnectionRefused => "the connection was refused; nothing listens on that port",
            SocketError.TimedOut => "there was no answer",
            SocketError.HostUnreachable or SocketError.NetworkUnreachable => "there is no way to that address",
            SocketError.ConnectionReset => "the connection was cut at once",
            SocketError.AccessDenied => "this machine forbids the connection",
            _ => error.ToString(),
        };

    private string Cure(SocketError error) =>
        error switch
        {
            SocketError.ConnectionRefused =>
                "Check that sshd runs on the server, and its port: ssh.port, or Port in ~/.ssh/config.",
            SocketError.HostUnreachable or SocketError.NetworkUnreachable =>
                "Check the address, this machine's network, and a VPN if the server is behind one.",
            _ =>
                $"Check the address, that the server is up, and that a firewall lets this machine reach port {hop.Port}.",
        };

    private HostException Unreachable(string evidence, string cure, Exception? inner) =>
        Make(
            HostFailure.Unreachable,
            "connect",
            evidence + string.Concat(hop.Notes.Select(n => $"\n    {n}")),
            cure,
            inner
        );

    private HostException Make(HostFailure kind, string action, string evidence, string cure, Exception? inner) =>
        new(kind, host, $"{action} to {(hop.IsJump ? "the jump host " : "")}{hop.Address}", evidence, cure, inner);

    private static string Blank(string text) => text.Length == 0 ? "" : " " + text;
}
