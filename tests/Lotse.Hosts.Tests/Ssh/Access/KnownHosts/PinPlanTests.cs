using System.Text;
using Lotse.Hosts.Ssh.Access;
using Lotse.Hosts.Ssh.Access.KnownHosts;

namespace Lotse.Hosts.Tests.Ssh.Access.KnownHosts;

public sealed class PinPlanTests
{
    // Keys are written as A, B: ed25519, R: rsa.
    private static readonly Dictionary<string, PublicKey> Keys = new()
    {
        ["A"] = KeyOf("ssh-ed25519", "a"),
        ["B"] = KeyOf("ssh-ed25519", "b"),
        ["R"] = KeyOf("ssh-rsa", "r"),
    };

    [Theory]
    [InlineData("first pins of an empty file", "", "web A|web R", "web A|web R")]
    [InlineData("another port", "", "[web]:2222 A", "[web]:2222 A")]
    [InlineData(
        "what stands there stays",
        "# servers||db B # theirs|broken",
        "web A",
        "# servers||db B # theirs|broken|web A"
    )]
    [InlineData("a key that is pinned", "web A", "web A", "web A")]
    [InlineData("a key that a list of names has", "db,WEB A", "web A", "db,WEB A")]
    [InlineData("a key that a pattern has", "* A", "web A", "* A")]
    [InlineData("a key of a further type", "web A", "web A|web R", "web A|web R")]
    [InlineData("a key that is not presented any more beside one that is", "web A|web R", "web A", "web A|web R")]
    [InlineData("an old key beside the new one of its type", "web A|web B", "web B", "web A|web B")]
    [InlineData("the same name at another port", "[web]:2222 B", "web A", "[web]:2222 B|web A")]
    [InlineData("the same line twice", "web A|# x|web A|db B", "web A", "web A|# x|db B")]
    [InlineData("the same key presented for two hosts of one name", "", "web A|web A", "web A")]
    [InlineData(
        "revoked and authorities' lines are not the host's",
        "@cert-authority web B",
        "web A",
        "@cert-authority web B|web A"
    )]
    public void Keys_are_added_and_all_else_stays(string scenario, string before, string presented, string after)
    {
        var plan = Plan(before, presented);
        Assert.Empty(plan.Problems);
        Assert.True(after == Text(plan), $"{scenario}: {Text(plan)}");
        Assert.Equal(before != after, plan.HasChanges);
    }

    [Theory]
    [InlineData("another key of the type", "# x|web A", "web B", "pins:2")]
    [InlineData("a new key of the type beside a known one of another", "web A|web R", "web B|web R", "pins:1")]
    [InlineData("none of the known keys", "web R", "web B", "pins:1")]
    [InlineData("a list of names", "db,web A", "web B", "pins:1")]
    [InlineData("a pattern", "w* A", "web B", "pins:1")]
    public void A_changed_key_is_a_problem_that_names_the_line(
        string scenario,
        string before,
        string presented,
        string site
    )
    {
        var problem = Assert.Single(Plan(before, presented).Problems);
        Assert.True(problem.StartsWith($"{site}: web ", StringComparison.Ordinal), $"{scenario}: {problem}");
        Assert.Contains(Keys["B"].Fingerprint, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("the line goes", "# x|web A|db A", "web B", "# x|db A|web B")]
    [InlineData("the other names keep the key", "web,db A # c", "web B", "db A # c|web B")]
    [InlineData("two of three names", "web,db,x A", "web B|db B", "x A|web B|db B")]
    [InlineData("all names", "web,db A", "web B|db B", "web B|db B")]
    [InlineData("only what disagrees", "web A|web R", "web B|web R", "web R|web B")]
    [InlineData("another port's stays", "[web]:2222 A|web A", "web B", "[web]:2222 A|web B")]
    public void Replacing_takes_out_what_disagrees(string scenario, string before, string presented, string after)
    {
        var plan = Plan(before, presented, replaces: true);
        Assert.Empty(plan.Problems);
        Assert.True(after == Text(plan), $"{scenario}: {Text(plan)}");
    }

    [Fact]
    public void A_server_with_a_changed_key_keeps_its_lines_and_no_other_server_from_being_pinned()
    {
        var plan = Plan("web A", "web B|web R|db A");
        Assert.Single(plan.Problems);
        Assert.Equal("web A|db A", Text(plan));
    }

    [Fact]
    public void A_pattern_is_not_replaced_but_named()
    {
        var problem = Assert.Single(Plan("w* A", "web B", replaces: true).Problems);
        Assert.Contains("pins:1", problem, StringComparison.Ordinal);
        Assert.Contains("w*", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_revoked_key_is_never_pinned()
    {
        var evidence = new KnownHostsEntry("user", 3, KeyMarker.Revoked, "web", Keys["A"]);
        var key = new PresentedKey("web", Keys["A"], new HostKeyVerdict(HostKeyTrust.Revoked, [evidence]));
        var problem = Assert.Single(new PinPlan([], "pins", [key], replaces: true).Problems);
        Assert.StartsWith("user:3: web ", problem, StringComparison.Ordinal);
    }

    private static PinPlan Plan(string before, string presented, bool replaces = false) =>
        new(Lines(before), "pins", [.. KnownHostsFile.Parse(Lines(presented), "").Select(Present)], replaces);

    private static PresentedKey Present(KnownHostsEntry entry) =>
        new(entry.Names, entry.Key, new HostKeyVerdict(HostKeyTrust.Unknown, []));

    private static string[] Lines(string text) => text.Length == 0 ? [] : [.. text.Split('|').Select(Expand)];

    /// <summary>A key's letter becomes its type and base64.</summary>
    private static string Expand(string line) =>
        string.Join(' ', line.Split(' ').Select(w => Keys.TryGetValue(w, out var k) ? $"{k.Type} {k.Base64}" : w));

    private static string Text(PinPlan plan) =>
        Keys.Aggregate(
            string.Join('|', plan.Lines),
            (text, k) => text.Replace($"{k.Value.Type} {k.Value.Base64}", k.Key, StringComparison.Ordinal)
        );

    private static PublicKey KeyOf(string type, string rest)
    {
        byte[] blob = [0, 0, 0, (byte)type.Length, .. Encoding.ASCII.GetBytes(type + rest)];
        return PublicKey.FromBlob(blob);
    }
}
