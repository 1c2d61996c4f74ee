using System.Collections.Immutable;

namespace Lotse.Configuration.Reading;

/// <summary>The known keys of one map of the schema.</summary>
/// <param name="Path">Where the map is, with <c>*</c> for a name: <c>accessories.*</c>; empty for the root.</param>
/// <param name="Keys">The keys.</param>
internal sealed record Section(string Path, params ImmutableArray<string> Keys)
{
    public string Listed => string.Join(", ", Keys);

    public string Join(string key) => Path.Length == 0 ? key : $"{Path}.{key}";
}
