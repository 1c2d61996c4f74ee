using System.Globalization;
using System.Text.RegularExpressions;

namespace Lotse.Configuration.Reading.Yaml;

/// <summary>
/// How plain scalars are read: as Ruby's Psych does, so that a configuration means the same here as under Kamal.
/// </summary>
internal static partial class Scalars
{
    /// <summary>Empty, <c>~</c> and <c>null</c> in any case.</summary>
    public static bool IsNull(ScalarNode node) =>
        node.IsPlain && (node.Text is "" or "~" || node.Text.Equals("null", StringComparison.OrdinalIgnoreCase));

    /// <summary>
    /// <c>true yes on</c> and <c>false no off</c> in any case; null for anything else, <c>y</c> and <c>n</c> included.
    /// </summary>
    public static bool? Flag(ScalarNode node) =>
        !node.IsPlain
            ? null
            : node.Text.ToLowerInvariant() switch
            {
                "true" or "yes" or "on" => true,
                "false" or "no" or "off" => false,
                _ => null,
            };

    public static bool IsNumber(ScalarNode node) => node.IsPlain && NumberPattern().IsMatch(node.Text);

    /// <summary>Whole numbers may be grouped by underscores.</summary>
    public static long? Whole(ScalarNode node) =>
        node.Text.StartsWith('_')
        || !long.TryParse(
            node.Text.Replace("_", "", StringComparison.Ordinal),
            NumberStyles.AllowLeadingSign,
            CultureInfo.InvariantCulture,
            out var number
        )
            ? null
            : number;

    /// <summary>What a node is, in a person's words.</summary>
    public static string Describe(YamlNode node) =>
        node switch
        {
            MapNode => "a map",
            ListNode => "a list",
            ScalarNode s when IsNull(s) => "nothing",
            ScalarNode s when Flag(s) is not null => $"the switch '{s.Text}'",
            ScalarNode s when IsNumber(s) => "a number",
            _ => "a text",
        };

    [GeneratedRegex(@"\A[-+]?(\d[\d_]*)(\.\d+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex NumberPattern();
}
