namespace Lotse.Hosts.Ssh.Access.KnownHosts;

/// <summary>A known_hosts file. A file that is not there is empty, and lines that cannot be read are passed over, as OpenSSH does.</summary>
/// <param name="Shown">The file's name, as it is to be shown.</param>
/// <param name="Exists">Whether the file is there.</param>
/// <param name="Entries">Its entries.</param>
internal sealed record KnownHostsFile(string Shown, bool Exists, IReadOnlyList<KnownHostsEntry> Entries)
{
    private static readonly char[] Blanks = [' ', '\t'];

    /// <summary>Reads a file.</summary>
    public static KnownHostsFile Read(string path, string shown) =>
        File.Exists(path)
            ? new KnownHostsFile(shown, true, Parse(File.ReadLines(path), shown))
            : new KnownHostsFile(shown, false, []);

    /// <summary>Reads lines.</summary>
    public static IReadOnlyList<KnownHostsEntry> Parse(IEnumerable<string> lines, string shown) =>
        [.. lines.Select((line, index) => ParseLine(line, shown, index + 1)).OfType<KnownHostsEntry>()];

    private static KnownHostsEntry? ParseLine(string line, string file, int number)
    {
        var words = line.Split(Blanks, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0 || words[0].StartsWith('#'))
        {
            return null;
        }

        KeyMarker? marker = words[0] switch
        {
            "@revoked" => KeyMarker.Revoked,
            "@cert-authority" => KeyMarker.Authority,
            ['@', ..] => null,
            _ => KeyMarker.None,
        };
        var fields = marker is KeyMarker.None ? words : words[1..];
        return marker is { } known && fields.Length >= 3 && PublicKey.Parse(fields[1], fields[2]) is { } key
            ? new KnownHostsEntry(file, number, known, fields[0], key)
            : null;
    }
}
