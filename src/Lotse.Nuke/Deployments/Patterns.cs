using System.Text.RegularExpressions;
using Lotse.Execution;

namespace Lotse.Nuke.Deployments;

/// <summary>Reads a regular expression as a person gives it.</summary>
internal static class Patterns
{
    /// <summary>The expression, in an engine whose time grows with the text alone.</summary>
    /// <exception cref="UserException">It is none.</exception>
    public static Regex Parse(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception wrong) when (wrong is ArgumentException or NotSupportedException)
        {
            throw new UserException(
                $"'{pattern}' is no regular expression: {wrong.Message}",
                "Put \\ before . [ ( * + ? | and the like."
            );
        }
    }
}
