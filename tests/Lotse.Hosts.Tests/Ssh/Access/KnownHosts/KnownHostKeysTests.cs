using System.Security.Cryptography;
using System.Text;
using Lotse.Hosts.Ssh.Access;
using Lotse.Hosts.Ssh.Access.KnownHosts;

namespace Lotse.Hosts.Tests.Ssh.Access.KnownHosts;

/// <summary>
/// What is thought of a key that a server presents. Lines are divided by <c>|</c>; A and B are keys, and <c>#name</c> stands for that name, hashed.
/// </summary>
public sealed class KnownHostKeysTests
{
    private static readonly PublicKey A = Key(1);
    private static readonly PublicKey B = Key(2);

    [Theory]
    [InlineData("nothing is known", "", "", 22, "Unknown")]
    [InlineData("it is known", "", "srv A", 22, "Trusted")]
    [InlineData("another one is known", "", "srv B", 22, "Changed")]
    [InlineData("both are known", "", "srv B|srv A", 22, "Trusted")]
    [InlineData("another host's", "", "other A", 22, "Unknown")]
    [InlineData("in other letters", "", "SRV A", 22, "Trusted")]
    [InlineData("one of several names", "", "other,srv A", 22, "Trusted")]
    [InlineData("a pattern", "", "s*v A", 22, "Trusted")]
    [InlineData("a negated pattern", "", "s*,!srv A", 22, "Unknown")]
    [InlineData("hashed", "", "#srv A", 22, "Trusted")]
    [InlineData("hashed, another one", "", "#srv B", 22, "Changed")]
    [InlineData("hashed, another host's", "", "#other A", 22, "Unknown")]
    [InlineData("a comment, and a marker nobody knows", "", "# srv A|@what srv A", 22, "Unknown")]
    [InlineData("with its port", "", "[srv]:2222 A", 2222, "Trusted")]
    [InlineData("another port's", "", "[srv]:2200 A", 2222, "Unknown")]
    [InlineData("another port's, at the usual one", "", "[srv]:2222 A", 22, "Unknown")]
    [InlineData("hashed with its port", "", "#[srv]:2222 A", 2222, "Trusted")]
    [InlineData("of any port, where nothing is known of this one", "", "srv A", 2222, "Trusted")]
    [InlineData("another one of any port tells nothing of this one", "", "srv B", 2222, "Unknown")]
    [InlineData("another one at this port, this one at another", "", "[srv]:2222 B|srv A", 2222, "Changed")]
    [InlineData("pinned", "srv A", "srv B", 22, "Trusted")]
    [InlineData("pinned, and another one is the user's", "srv B", "srv A", 22, "Changed")]
    [InlineData("pinned at its port, the user's at the usual one", "[srv]:2222 B", "srv A", 2222, "Changed")]
    [InlineData("pinned at the usual port, the user's at this one", "srv B", "[srv]:2222 A", 2222, "Trusted")]
    [InlineData("another host is pinned", "other B", "srv A", 22, "Trusted")]
    [InlineData("revoked", "", "@revoked srv A", 22, "Revoked")]
    [InlineData("revoked by one file, known by the other", "srv A", "@revoked srv A", 22, "Revoked")]
    [InlineData("revoked by the pins, known by the user", "@revoked * A", "srv A", 22, "Revoked")]
    [InlineData("another one is revoked", "", "@revoked srv B|srv A", 22, "Trusted")]
    [InlineData("revoked for another host", "", "@revoked other A|srv A", 22, "Trusted")]
    [InlineData("revoked by its plain name, known by it", "", "@revoked srv A|srv A", 2222, "Revoked")]
    [InlineData("revoked by its plain name, known at its port", "", "@revoked srv A|[srv]:2222 A", 2222, "Revoked")]
    [InlineData("revoked, hashed", "", "@revoked #srv A|srv A", 22, "Revoked")]
    [InlineData("an authority alone", "", "@cert-authority *.example,srv B", 22, "AuthorityOnly")]
    [InlineData("an authority that is this very key", "", "@cert-authority srv A", 22, "AuthorityOnly")]
    [InlineData("an authority for others", "", "@cert-authority *.example B", 22, "Unknown")]
    [InlineData("an authority, and it is known", "", "@cert-authority srv B|srv A", 22, "Trusted")]
    [InlineData("an authority, and another one is known", "", "@cert-authority srv A|srv B", 22, "Changed")]
    public void A_key_is_judged_by_what_is_known(string scenario, string pins, string users, int port, string trust)
    {
        var known = new KnownHostKeys(Read("pins", pins), [Read("known_hosts", users)]);

        var verdict = known.Judge("Srv", port, A);

        Assert.True(trust == verdict.Trust.ToString(), $"{scenario}: {verdict.Trust}");
        // Whoever is told that a key is not the known one is told which lines say so.
        Assert.Equal(verdict.Trust is HostKeyTrust.Unknown, verdict.Evidence.Count == 0);
    }

    private static KnownHostsFile Read(string name, string lines) =>
        new(name, true, KnownHostsFile.Parse(lines.Split('|').Select(Line), name));

    private static string Line(string text)
    {
        var words = text.Split(' ').Select(w => w is ['#', _, ..] ? Hash(w[1..]) : w);
        return string.Join(
            ' ',
            words.Select(w =>
                w == "A" ? Text(A)
                : w == "B" ? Text(B)
                : w
            )
        );
    }

    private static string Text(PublicKey key) => $"{key.Type} {key.Base64}";

    /// <summary>As <c>HashKnownHosts</c> writes a name (sshd(8)).</summary>
    private static string Hash(string name)
    {
        var salt = Encoding.ASCII.GetBytes("twenty bytes of salt");
#pragma warning disable CA5350 // The file format is built on HMAC-SHA1.
        var hash = HMACSHA1.HashData(salt, Encoding.UTF8.GetBytes(name));
#pragma warning restore CA5350
        return $"|1|{Convert.ToBase64String(salt)}|{Convert.ToBase64String(hash)}";
    }

    private static PublicKey Key(byte fill)
    {
        var bytes = new byte[32];
        Array.Fill(bytes, fill);
        return PublicKey.FromBlob(new WireWriter().Bytes("ssh-ed25519"u8.ToArray()).Bytes(bytes).ToArray());
    }
}
