using Renci.SshNet;
using Renci.SshNet.Common;

namespace Lotse.Hosts.Ssh.Access.Keys;

/// <summary>The text of a private key file: OpenSSH's own format, PKCS#1, PKCS#8 or PuTTY's.</summary>
internal sealed class KeyText(string text)
{
    private const string OpenSshBegin = "-----BEGIN OPENSSH PRIVATE KEY-----";
    private const string OpenSshEnd = "-----END OPENSSH PRIVATE KEY-----";
    private const string Magic = "openssh-key-v1\0";
    private readonly OpenSshHeader? header = OpenSshHeader.Read(text);

    /// <summary>Whether a passphrase is needed.</summary>
    public bool IsEncrypted =>
        header is not null
            ? header.IsEncrypted
            : text.Contains("BEGIN ENCRYPTED PRIVATE KEY", StringComparison.Ordinal)
                || text.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal)
                || (
                    text.StartsWith("PuTTY-User-Key-File", StringComparison.Ordinal)
                    && !text.Contains("Encryption: none", StringComparison.Ordinal)
                );

    /// <summary>The public part, where it stands in the clear; null where it does not.</summary>
    public PublicKey? PublicPart => header?.Key;

    /// <summary>Reads the key.</summary>
    /// <exception cref="FormatException">That is no key, not one of a known kind, or the passphrase is wrong.</exception>
    public PrivateKeyFile Open(string? passphrase)
    {
        try
        {
            using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text));
            return new PrivateKeyFile(stream, passphrase);
        }
        // Each format fails in its own way, down to those of the cryptography library behind it.
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            var reason =
                failure is SshPassPhraseNullOrEmptyException ? "it is encrypted"
                : IsEncrypted && passphrase is not null ? "the passphrase does not open it"
                : "it is no private key that can be read";
            throw new FormatException(reason, failure);
        }
    }

    /// <summary>What stands before the encrypted part (OpenSSH's PROTOCOL.key).</summary>
    private sealed record OpenSshHeader(bool IsEncrypted, PublicKey Key)
    {
        public static OpenSshHeader? Read(string text)
        {
            var start = text.IndexOf(OpenSshBegin, StringComparison.Ordinal);
            var end = text.IndexOf(OpenSshEnd, StringComparison.Ordinal);
            if (start < 0 || end < start)
            {
                return null;
            }

            try
            {
                var data = Convert.FromBase64String(text[(start + OpenSshBegin.Length)..end]);
                var reader = new WireReader(data.AsMemory(Magic.Length));
                var cipher = reader.ReadText();
                // The key derivation, its options, and how many keys follow.
                reader.ReadText();
                reader.ReadBytes();
                reader.ReadUInt32();
                return new OpenSshHeader(cipher != "none", PublicKey.FromBlob(reader.ReadBytes()));
            }
            catch (Exception broken) when (broken is FormatException or InvalidDataException or ArgumentException)
            {
                return null;
            }
        }
    }
}
