using System.Collections.Immutable;
using System.Text;

namespace Lotse.Hosts.Images.StandIns;

/// <summary>Where packages come from: one suite of a distribution, from the mirror that this machine is set up with.</summary>
/// <param name="Suite">The suite's name, for example <c>bookworm</c>.</param>
/// <param name="Text">Its sources in deb822 form (sources.list(5)).</param>
internal sealed record AptSource(string Suite, string Text)
{
    /// <summary>
    /// This machine's own sources of its distribution's main archive, for another suite where one is asked for. Sources of others
    /// are left out: they slow each refresh down and give nothing. Null when there is none.
    /// </summary>
    /// <param name="files">The texts of /etc/apt/sources.list and of what is in sources.list.d, by name.</param>
    /// <param name="codename">This machine's suite.</param>
    /// <param name="suite">The suite that is wanted.</param>
    public static AptSource? From(IEnumerable<KeyValuePair<string, string>> files, string codename, string suite)
    {
        var text = new StringBuilder();
        foreach (var entry in files.SelectMany(f => IsDeb822(f.Key) ? Stanzas(f.Value) : Lines(f.Value)))
        {
            var suites = entry
                .Suites.Where(s => s == codename || s.StartsWith(codename + "-", StringComparison.Ordinal))
                .Select(s => suite + s[codename.Length..])
                .Where(s => suite == codename || !s.EndsWith("-backports", StringComparison.Ordinal))
                .ToList();
            if (entry.IsMain && suites.Count > 0)
            {
                text.Append(entry.Write(suites)).Append('\n');
            }
        }

        return text.Length == 0 ? null : new(suite, text.ToString());
    }

    private static bool IsDeb822(string name) => name.EndsWith(".sources", StringComparison.Ordinal);

    private sealed record Entry(ImmutableArray<KeyValuePair<string, string>> Fields)
    {
        public IEnumerable<string> Suites => Words("Suites");

        public bool IsMain =>
            Words("Types").Contains("deb") && Words("Components").Contains("main") && !Words("Enabled").Contains("no");

        public string Write(IEnumerable<string> suites)
        {
            var kept = Fields.Where(f =>
                f.Key.ToUpperInvariant() is not ("TYPES" or "SUITES" or "COMPONENTS" or "ENABLED")
            );
            var text = new StringBuilder("Types: deb\n");
            text.Append("Suites: ").AppendJoin(' ', suites).Append("\nComponents: main\n");
            foreach (var (name, value) in kept)
            {
                text.Append(name).Append(':').Append(value.StartsWith('\n') ? "" : " ").Append(value).Append('\n');
            }

            return text.ToString();
        }

        private string[] Words(string name) =>
            Fields
                .FirstOrDefault(f => f.Key.Equals(name, StringComparison.OrdinalIgnoreCase))
                .Value?.Split([' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries)
            ?? [];
    }

    /// <summary>deb822: paragraphs of fields; a line that begins with a blank continues a field.</summary>
    private static IEnumerable<Entry> Stanzas(string text)
    {
        var lines = text.Split('\n').Select(l => l.TrimEnd('\r')).Where(l => !l.StartsWith('#')).ToArray();
        foreach (var stanza in string.Join('\n', lines).Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            var fields = new List<KeyValuePair<string, string>>();
            foreach (var line in stanza.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                if (char.IsWhiteSpace(line[0]) && fields.Count > 0)
                {
                    fields[^1] = new(fields[^1].Key, $"{fields[^1].Value}\n{line}");
                }
                else if (line.Split(':', 2) is [var name, var value])
                {
                    fields.Add(new(name.Trim(), value.Trim()));
                }
            }

            yield return new([.. fields]);
        }
    }

    /// <summary>One line a source: <c>deb [option=value …] uri suite component…</c>.</summary>
    private static IEnumerable<Entry> Lines(string text)
    {
        foreach (var line in text.Split('\n').Select(l => l.Split('#')[0].Trim()))
        {
            var open = line.IndexOf('[');
            var close = line.IndexOf(']');
            var options = open > 0 && close > open ? line[(open + 1)..close] : "";
            var plain = options.Length > 0 ? line.Remove(open, close - open + 1) : line;
            var words = plain.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (words is ["deb", var uri, var suite, .. var components])
            {
                yield return new([
                    new("Types", "deb"),
                    new("URIs", uri),
                    new("Suites", suite),
                    new("Components", string.Join(' ', components)),
                    .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Option),
                ]);
            }
        }
    }

    /// <summary>Options are spelt otherwise in a line than as fields.</summary>
    private static KeyValuePair<string, string> Option(string option)
    {
        var pair = option.Split('=', 2);
        var name = pair[0] switch
        {
            "signed-by" => "Signed-By",
            "arch" => "Architectures",
            "trusted" => "Trusted",
            "check-valid-until" => "Check-Valid-Until",
            var other => other,
        };
        return new(name, pair.Length == 2 ? pair[1].Replace(',', ' ') : "yes");
    }
}
