using System.Collections.Immutable;
using Lotse.Execution.Ports;

namespace Lotse.Hosts.Images.Context;

/// <summary>
/// A <c>.dockerignore</c> as a whole: the last pattern that matches a path or one of its parents decides. Source of the rules:
/// https://docs.docker.com/build/concepts/context/#dockerignore-files and github.com/moby/patternmatcher.
/// </summary>
internal sealed class DockerIgnore
{
    public static readonly DockerIgnore None = new([]);

    private readonly ImmutableArray<IgnorePattern> _patterns;

    private DockerIgnore(ImmutableArray<IgnorePattern> patterns) => _patterns = patterns;

    /// <summary>Reads the text of such a file. Throws <see cref="BuildFailedException"/> with path and line for a broken pattern.</summary>
    public static DockerIgnore Parse(string text, string path)
    {
        var patterns = ImmutableArray.CreateBuilder<IgnorePattern>();
        foreach (var (index, line) in text.TrimStart('\uFEFF').Split('\n').Index())
        {
            try
            {
                if (IgnorePattern.Parse(line.TrimEnd('\r')) is { } pattern)
                {
                    patterns.Add(pattern);
                }
            }
            catch (FormatException error)
            {
                var fact = $"{path}:{index + 1}: {error.Message}.";
                throw new BuildFailedException(BuildFailure.Context, fact, "Correct or remove the line.");
            }
        }

        return new(patterns.ToImmutable());
    }

    /// <summary>Whether a file or folder is left out. The path is relative to the context and has forward slashes.</summary>
    public bool Excludes(string path)
    {
        var excluded = false;
        foreach (var pattern in _patterns)
        {
            if (pattern.IsNegated == excluded && SelfAndParents(path).Any(pattern.IsMatch))
            {
                excluded = !pattern.IsNegated;
            }
        }

        return excluded;
    }

    /// <summary>Whether nothing below an excluded folder can be taken in again, so that it need not be looked into.</summary>
    public bool ExcludesAllBelow(string folder) =>
        Excludes(folder) && !_patterns.Any(p => p.IsNegated && p.CouldMatchBelow(folder));

    private static IEnumerable<string> SelfAndParents(string path)
    {
        yield return path;
        for (var slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1))
        {
            yield return path[..slash];
        }
    }
}
