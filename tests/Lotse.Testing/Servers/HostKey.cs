using System.Security.Cryptography;

namespace Lotse.Testing.Servers;

/// <summary>A public key that a server identifies itself with.</summary>
/// <param name="Type">Such as ssh-ed25519.</param>
/// <param name="Blob">The key in base64, as known_hosts has it.</param>
public sealed record HostKey(string Type, string Blob)
{
    /// <summary>As OpenSSH shows it: SHA256: and unpadded base64.</summary>
    public string Fingerprint =>
        "SHA256:" + Convert.ToBase64String(SHA256.HashData(Convert.FromBase64String(Blob))).TrimEnd('=');

    /// <summary>A line of known_hosts (sshd(8)).</summary>
    /// <param name="host">An address, or [address]:port where the port is not 22.</param>
    public string KnownHostsLine(string host) => $"{host} {Type} {Blob}";

    /// <summary>Reads the lines of .pub files.</summary>
    internal static IReadOnlyList<HostKey> Parse(string text) =>
        [
            .. text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split(' '))
                .Select(words => new HostKey(words[0], words[1])),
        ];
}
