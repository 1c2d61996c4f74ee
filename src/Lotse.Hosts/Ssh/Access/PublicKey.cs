using System.Security.Cryptography;

namespace Lotse.Hosts.Ssh.Access;

/// <summary>A public key, of a host or of a user, in the encoding of RFC 4253, section 6.6.</summary>
/// <param name="Type">Its type: <c>ssh-ed25519</c>, <c>ssh-rsa</c>, ...</param>
/// <param name="Base64">The encoded key.</param>
internal sealed record PublicKey(string Type, string Base64)
{
    /// <summary>The encoded key.</summary>
    public byte[] Blob => Convert.FromBase64String(Base64);

    /// <summary>As OpenSSH prints it: <c>SHA256:</c> and unpadded base64.</summary>
    public string Fingerprint => $"SHA256:{Convert.ToBase64String(SHA256.HashData(Blob)).TrimEnd('=')}";

    /// <inheritdoc/>
    public override string ToString() => $"{Type} {Fingerprint}";

    /// <summary>Takes the type from the encoded key itself.</summary>
    /// <exception cref="InvalidDataException">That is no key.</exception>
    public static PublicKey FromBlob(byte[] blob) => new(new WireReader(blob).ReadText(), Convert.ToBase64String(blob));

    /// <summary>Reads what stands in <c>.pub</c> files and known_hosts: the type and the key in base64; null when it is none.</summary>
    public static PublicKey? Parse(string type, string base64)
    {
        var blob = new byte[base64.Length];
        if (!Convert.TryFromBase64String(base64, blob, out var length))
        {
            return null;
        }

        try
        {
            var key = FromBlob(blob[..length]);
            return key.Type == type ? key : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
