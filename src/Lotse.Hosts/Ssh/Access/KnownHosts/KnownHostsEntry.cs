using System.Security.Cryptography;
using System.Text;

namespace Lotse.Hosts.Ssh.Access.KnownHosts;

/// <summary>One line of a known_hosts file (sshd(8), «SSH_KNOWN_HOSTS FILE FORMAT»).</summary>
/// <param name="File">The file, as it is to be shown.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Marker">What the line says of its key.</param>
/// <param name="Names">The names it holds for: a list of patterns, or one hashed name.</param>
/// <param name="Key">The key.</param>
internal sealed record KnownHostsEntry(string File, int Line, KeyMarker Marker, string Names, PublicKey Key)
{
    private const string HashPrefix = "|1|";

    /// <summary>File and line.</summary>
    public string Site => $"{File}:{Line}";

    /// <summary>The name under which a host with this port is kept: <c>name</c>, or <c>[name]:port</c>.</summary>
    public static string NameOf(string host, int port) =>
        port == 22 ? host.ToLowerInvariant() : $"[{host.ToLowerInvariant()}]:{port}";

    /// <summary>Whether the line holds for a name.</summary>
    public bool IsFor(string name) =>
        Names.StartsWith(HashPrefix, StringComparison.Ordinal)
            ? IsHashOf(name)
            : Patterns.Fit(Names.Split(',', StringSplitOptions.RemoveEmptyEntries), name);

    private bool IsHashOf(string name)
    {
        var parts = Names[HashPrefix.Length..].Split('|');
        var (salt, hash) = (new byte[64], new byte[64]);
        if (
            parts is not [var saltText, var hashText]
            || !Convert.TryFromBase64String(saltText, salt, out var saltLength)
            || !Convert.TryFromBase64String(hashText, hash, out var hashLength)
        )
        {
            return false;
        }

#pragma warning disable CA5350 // The file format is built on HMAC-SHA1.
        var computed = HMACSHA1.HashData(salt.AsSpan(0, saltLength), Encoding.UTF8.GetBytes(name));
#pragma warning restore CA5350
        return computed.AsSpan().SequenceEqual(hash.AsSpan(0, hashLength));
    }
}

/// <summary>What a line of known_hosts says of its key.</summary>
internal enum KeyMarker
{
    /// <summary>It is the host's.</summary>
    None,

    /// <summary>It must never be accepted: <c>@revoked</c>.</summary>
    Revoked,

    /// <summary>It signs the keys of hosts: <c>@cert-authority</c>.</summary>
    Authority,
}
