namespace Lotse.Planning.Setup;

/// <summary>Lines of authorized_keys (sshd(8)): options, type, key in base64, comment.</summary>
public static class AuthorizedKey
{
    private static readonly string[] Types = ["ssh-", "ecdsa-", "sk-ssh-", "sk-ecdsa-"];

    /// <summary>Whether a line holds a public key.</summary>
    public static bool IsKey(string line) => Parts(line) is not null;

    /// <summary>Whether two lines hold the same key; options and comments do not matter.</summary>
    public static bool AreSame(string one, string other) =>
        Parts(one) is { } a && Parts(other) is { } b && (a.Type, a.Key) == (b.Type, b.Key);

    /// <summary>The key without its options: those of a cloud's root account refuse every login.</summary>
    public static string Plain(string line) =>
        Parts(line) is var (type, key, comment) ? $"{type} {key} {comment}".TrimEnd() : line;

    private static (string Type, string Key, string Comment)? Parts(string line)
    {
        var words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        var at = Array.FindIndex(words, w => Types.Any(t => w.StartsWith(t, StringComparison.Ordinal)));
        return at >= 0 && at + 1 < words.Length && words[at + 1].StartsWith("AAAA", StringComparison.Ordinal)
            ? (words[at], words[at + 1], string.Join(' ', words[(at + 2)..]))
            : null;
    }
}
