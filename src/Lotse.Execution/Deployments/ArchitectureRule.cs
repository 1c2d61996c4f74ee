using System.Collections.Immutable;
using Lotse.Planning.Observed;

namespace Lotse.Execution.Deployments;

/// <summary>Judges whether what is built here runs there. Pure.</summary>
internal static class ArchitectureRule
{
    /// <summary>What is wrong; what is not known is taken for right.</summary>
    /// <param name="builder">The building engine's architecture.</param>
    /// <param name="wanted">What the configuration wants the image to be built for; empty for the builder's own.</param>
    /// <param name="hosts">The hosts that are to run it.</param>
    public static IReadOnlyList<string> Judge(
        string builder,
        ImmutableArray<string> wanted,
        IEnumerable<ObservedHost> hosts
    )
    {
        if (builder.Length == 0)
        {
            return [];
        }

        var problems = hosts
            .Where(h => h.Architecture.Length > 0 && h.Architecture != builder)
            .Select(h =>
                $"[{h.Host}] its processor is {h.Architecture}, and the engine that builds makes images for {builder}: they would not start there. Build on a machine with {h.Architecture}, or in a workflow on such a runner."
            )
            .ToList();
        if (!wanted.IsEmpty && !wanted.Contains(builder))
        {
            problems.Add(
                $"builder.arch asks for {string.Join(", ", wanted)}, and the engine that builds makes images for {builder}. Build on a machine of that architecture, or take builder.arch out."
            );
        }

        return problems;
    }
}
