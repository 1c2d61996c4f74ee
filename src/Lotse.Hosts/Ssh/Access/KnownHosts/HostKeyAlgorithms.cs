using Renci.SshNet;

namespace Lotse.Hosts.Ssh.Access.KnownHosts;

/// <summary>Chooses by which algorithms a host may prove itself, and in which order.</summary>
internal static class HostKeyAlgorithms
{
    private const string Rsa = "ssh-rsa";

    /// <summary>All types of keys that are taken, best first.</summary>
    public static readonly IReadOnlyList<string> Types =
    [
        "ssh-ed25519",
        "ecdsa-sha2-nistp256",
        "ecdsa-sha2-nistp384",
        "ecdsa-sha2-nistp521",
        Rsa,
    ];

    /// <summary>The algorithms of these types of keys: RSA has one for each hash (RFC 8332); SHA-1 is not taken.</summary>
    public static IReadOnlyList<string> For(IEnumerable<string> types) =>
        [.. types.SelectMany<string, string>(t => t == Rsa ? ["rsa-sha2-512", "rsa-sha2-256"] : [t])];

    /// <summary>Where OpenSSH's server keeps the public part of its own key of a type, unless it is told otherwise.</summary>
    public static string FileOf(string type)
    {
        var kind =
            type.StartsWith("ecdsa", StringComparison.Ordinal) ? "ecdsa"
            : type == Rsa ? "rsa"
            : "ed25519";
        return $"/etc/ssh/ssh_host_{kind}_key.pub";
    }

    /// <summary>
    /// Asks for a key of a known type first: a server has several, and would else present one that is unknown here although another one is known.
    /// Certificates are left out: nothing here checks them.
    /// </summary>
    public static void Prefer(ConnectionInfo connection, IReadOnlyList<string> knownTypes) =>
        Restrict(connection, For(knownTypes.Intersect(Types).Union(Types)));

    /// <summary>Leaves these algorithms alone, in this order.</summary>
    public static void Restrict(ConnectionInfo connection, IReadOnlyList<string> algorithms)
    {
        var all = connection.HostKeyAlgorithms;
        foreach (var other in all.Keys.Except(algorithms).ToList())
        {
            all.Remove(other);
        }

        for (var position = 0; position < algorithms.Count; position++)
        {
            all.SetPosition(algorithms[position], position);
        }
    }
}
