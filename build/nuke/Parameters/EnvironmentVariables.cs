namespace Nuke.Common.Parameters;

/// <summary>
/// Parameters from the environment: the exact name, else letters and digits only, with or without NUKE.
/// </summary>
internal sealed class EnvironmentVariables(IReadOnlyDictionary<string, string> variables)
{
    private ILookup<string, KeyValuePair<string, string>>? byLetters;

    /// <summary>The value of the one variable that means the parameter, or null.</summary>
    /// <param name="parameter">The parameter's name.</param>
    /// <param name="ambiguous">The names of the variables, where several mean the parameter.</param>
    public string? Find(string parameter, out string[] ambiguous)
    {
        ambiguous = [];
        if (variables.TryGetValue(parameter, out var exact))
            return exact;

        byLetters ??= variables.ToLookup(x => Letters(x.Key), StringComparer.OrdinalIgnoreCase);
        var letters = Letters(parameter);
        var matches = byLetters[letters].Concat(byLetters["NUKE" + letters]).ToArray();
        if (matches.Length > 1)
            ambiguous = [.. matches.Select(x => x.Key).Order(StringComparer.Ordinal)];

        return matches.Length == 1 ? matches[0].Value : null;
    }

    private static string Letters(string name) => string.Concat(name.Where(char.IsLetterOrDigit));
}
