namespace Lotse.Hosts.Ssh.Access.KnownHosts;

/// <summary>A key that a server presented.</summary>
/// <param name="Name">The name under which it is kept: <c>name</c>, or <c>[name]:port</c>.</param>
/// <param name="Key">The key.</param>
/// <param name="Verdict">What was known of it already.</param>
internal sealed record PresentedKey(string Name, PublicKey Key, HostKeyVerdict Verdict)
{
    /// <summary>For a person: the key, whether it is known here, and how the server's own console tells it.</summary>
    public string Describe() =>
        $"[{Name}] {Key} ({State}); on its console: `ssh-keygen -lf {HostKeyAlgorithms.FileOf(Key.Type)}`";

    private string State =>
        Verdict.Trust switch
        {
            HostKeyTrust.Trusted => "known already",
            HostKeyTrust.Revoked => "REVOKED",
            HostKeyTrust.Changed when Verdict.Evidence.Where(IsOther).Select(e => e.Site).ToList() is [_, ..] sites =>
                $"CHANGED: not the one in {string.Join(", ", sites)}",
            _ => "new",
        };

    private bool IsOther(KnownHostsEntry entry) => entry.Key.Type == Key.Type && entry.Key != Key;
}
