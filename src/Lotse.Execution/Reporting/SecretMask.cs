using System.Collections.Immutable;
using System.Text.Json;
using Lotse.Configuration;

namespace Lotse.Execution.Reporting;

/// <summary>
/// Hides the values of secrets in what people read: all that a run has learned so far, also as they stand in JSON and in URLs, and each long line of a value that
/// has several. A value of less than four characters is not hidden: it would be found in half of all words, and tell itself by what is missing there.
/// </summary>
public sealed class SecretMask
{
    /// <summary>What stands in place of a value.</summary>
    public const string Mark = "[redacted]";
    private const int Shortest = 4;

    /// <summary>Of a value with several lines, shorter ones are likely to be words: a brace, a key's name.</summary>
    private const int ShortestLine = 8;
    private readonly Lock turn = new();
    private ImmutableArray<string> hidden = [];

    /// <summary>Hears of each text that is hidden from now on; one line each.</summary>
    public Action<string> Learned { get; init; } = _ => { };

    /// <summary>Hides the secrets of a configuration that it knows by now: those it names, and the logins and keys that stand in it.</summary>
    public void Learn(DeployConfig config)
    {
        var registries = config.Accessories.Select(a => a.Registry).Append(config.Registry);
        var literals = registries.Select(r => r?.Password).Concat(config.Ssh.KeyData).Select(c => c?.Literal);
        Learn([.. config.Secrets.Values, .. literals.OfType<Secret>()]);
    }

    /// <summary>Hides these values from now on.</summary>
    public void Learn(IReadOnlyCollection<Secret> secrets)
    {
        lock (turn)
        {
            var fresh = secrets.SelectMany(s => FormsOf(s.Unwrap())).Distinct().Except(hidden).ToList();
            if (fresh.Count == 0)
            {
                return;
            }

            // The longest first: of two where one holds the other, nothing of the longer one may be left.
            hidden = [.. hidden.Concat(fresh).OrderByDescending(f => f.Length)];
            fresh.SelectMany(Lines).Distinct().ToList().ForEach(Learned);
        }
    }

    /// <summary>The text without the values.</summary>
    public string Apply(string text)
    {
        foreach (var value in hidden)
        {
            text = text.Replace(value, Mark, StringComparison.Ordinal);
        }

        return text;
    }

    private static IEnumerable<string> FormsOf(string value)
    {
        var whole = value.Trim();
        if (whole.Length < Shortest)
        {
            return [];
        }

        var lines = Lines(whole).ToList();
        return [whole, InJson(whole), Uri.EscapeDataString(whole), .. lines.Count > 1 ? lines : []];
    }

    private static IEnumerable<string> Lines(string value)
    {
        var lines = value.Split('\n').Select(l => l.Trim()).ToList();
        return lines.Count == 1 ? lines : lines.Where(l => l.Length >= ShortestLine);
    }

    private static string InJson(string value) => JsonEncodedText.Encode(value).ToString();
}
