using System.Collections.Immutable;

namespace Lotse.Configuration.Secrets;

/// <summary>One secrets file.</summary>
/// <param name="Path">Its path, relative to the project's folder.</param>
/// <param name="Exists">Whether it is there.</param>
/// <param name="Lines">Its lines, in order.</param>
internal sealed record SecretsFile(string Path, bool Exists, ImmutableArray<SecretLine> Lines)
{
    /// <summary>The last line of a name, before another one if given.</summary>
    public SecretLine? Find(string name, int before = int.MaxValue) =>
        Lines.LastOrDefault(l => l.Name == name && l.Index < before);
}
