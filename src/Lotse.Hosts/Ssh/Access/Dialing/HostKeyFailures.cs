using System.Text;
using Lotse.Execution.Ports;
using Lotse.Hosts.Ssh.Access.KnownHosts;

namespace Lotse.Hosts.Ssh.Access.Dialing;

/// <summary>Says why a server's key was not accepted, and how a person finds out whether it may be.</summary>
internal sealed class HostKeyFailures(SshSettings settings, string host, Hop hop)
{
    /// <summary>The failure for a key that is not trusted.</summary>
    public HostException Refused(PublicKey key, HostKeyVerdict verdict, KnownHostKeys known)
    {
        var fact = verdict.Trust switch
        {
            HostKeyTrust.Changed => "which is not the key that is known for it:",
            HostKeyTrust.Revoked => "which is marked as revoked:",
            HostKeyTrust.AuthorityOnly =>
                "and is known only by an authority that signs host keys (@cert-authority), which is not supported:",
            _ => "which is not known here.",
        };
        var evidence = new StringBuilder($"it presents the key {key}, {fact}");
        evidence.Append(string.Concat(verdict.Evidence.Select(e => $"\n    {e.Site}: {e.Key}")));
        if (verdict.Evidence.Count == 0)
        {
            var places = known.Files.Select(f => f.Exists ? f.Shown : $"{f.Shown} (not there)");
            var name = KnownHostsEntry.NameOf(hop.KeyName, hop.Port);
            evidence.Append($"\n    looked for {name} in {string.Join(", ", places)}");
        }

        evidence.Append(string.Concat(hop.Notes.Select(n => $"\n    {n}")));
        var action = $"check the host key of {(hop.IsJump ? "the jump host " : "")}{hop.Address}";
        return new HostException(HostFailure.HostKey, host, action, evidence.ToString(), Cure(key, verdict));
    }

    private string Cure(PublicKey key, HostKeyVerdict verdict)
    {
        var compare =
            $"Compare the fingerprint with what the server's own console says: `ssh-keygen -lf {HostKeyAlgorithms.FileOf(key.Type)}`.";
        var line = $"{KnownHostsEntry.NameOf(hop.KeyName, hop.Port)} {key.Type} {key.Base64}";
        var pins = settings.Show(settings.PinsFile);
        var pin = $"pin it by this line in {pins}, and commit that file:\n    {line}";
        var command = $"`{settings.PinCommand}{(verdict.Evidence.Any(e => e.File == pins) ? " --replace" : "")}`";
        return verdict.Trust switch
        {
            HostKeyTrust.Revoked =>
                "Do not connect: the key is known to be in wrong hands. Give the server a new one first.",
            HostKeyTrust.Changed =>
                "If nobody gave the server a new key or installed it anew, somebody may stand between: do not go on.\n    "
                    + $"{compare}\n    Only if it is the same, run {command}, or remove what disagrees and {pin}",
            _ => $"{compare}\n    If it is the same, run {command}, or {pin}",
        };
    }
}
