using Renci.SshNet;
using Renci.SshNet.Security;

namespace Lotse.Hosts.Ssh.Access.Keys;

/// <summary>
/// A key as it is offered to one server, which remembers whether it was: a login that fails must be able to say what was tried.
/// </summary>
internal sealed class OfferedKey : IPrivateKeySource
{
    private const string Rsa = "ssh-rsa";
    private const string RsaCertificate = "ssh-rsa-cert-v01@openssh.com";
    private readonly Algorithm algorithm;

    /// <param name="label">Where the key is from.</param>
    /// <param name="key">Its public part.</param>
    /// <param name="sign">Signs: takes the data, gives the signature with its algorithm's name before it.</param>
    public OfferedKey(string label, PublicKey key, Func<byte[], byte[]> sign)
    {
        Label = label;
        Key = key;
        algorithm = new Algorithm(AlgorithmOf(key.Type), key.Blob, sign);
        HostKeyAlgorithms = [algorithm];
    }

    /// <summary>Where the key is from.</summary>
    public string Label { get; }

    /// <summary>Its public part.</summary>
    public PublicKey Key { get; }

    /// <summary>Whether an agent signs with it, which may ask a person first.</summary>
    public bool IsHeldByAgent { get; init; }

    /// <summary>Whether it was offered.</summary>
    public bool WasOffered => algorithm.WasOffered;

    /// <summary>Why the key could not sign; null when nothing went wrong.</summary>
    public string? Failure => algorithm.Failure;

    /// <inheritdoc/>
    public IReadOnlyCollection<HostAlgorithm> HostKeyAlgorithms { get; }

    /// <summary>
    /// Each offer counts against the server's MaxAuthTries, and servers since OpenSSH 8.8 refuse RSA with SHA-1: one offer a key, with SHA-512
    /// (RFC 8332).
    /// </summary>
    public static string AlgorithmOf(string type) =>
        type switch
        {
            Rsa => "rsa-sha2-512",
            RsaCertificate => "rsa-sha2-512-cert-v01@openssh.com",
            _ => type,
        };

    private sealed class Algorithm(string name, byte[] data, Func<byte[], byte[]> sign) : HostAlgorithm(name)
    {
        public bool WasOffered { get; private set; }

        public string? Failure { get; private set; }

        public override byte[] Data
        {
            get
            {
                WasOffered = true;
                return data;
            }
        }

        public override byte[] Sign(byte[] data)
        {
            try
            {
                return sign(data);
            }
            catch (Exception failure)
            {
                Failure = failure.Message;
                throw;
            }
        }

        /// <summary>Only hosts' keys are verified, and this is a user's.</summary>
        public override bool VerifySignature(byte[] data, byte[] signature) => false;
    }
}
