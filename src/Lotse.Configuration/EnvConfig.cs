using System.Collections.Immutable;

namespace Lotse.Configuration;

/// <summary>Environment variables: clear ones with their values, secret ones with the names of their secrets.</summary>
public sealed record EnvConfig
{
    /// <summary>No variables.</summary>
    public static EnvConfig Empty { get; } = new();

    /// <summary>The clear variables, in order, each name once.</summary>
    public ImmutableArray<ClearVariable> Clear { get; init; } = [];

    /// <summary>The secret variables, in order, each name once.</summary>
    public ImmutableArray<SecretVariable> Secret { get; init; } = [];

    /// <summary>Both, with the other's value where a name is in both.</summary>
    public EnvConfig Merge(EnvConfig other) =>
        new() { Clear = Merge(Clear, other.Clear, v => v.Name), Secret = Merge(Secret, other.Secret, v => v.Name) };

    /// <summary>
    /// The variables with their values. A clear value wins over a secret of the same name, as <c>docker run</c> has it.
    /// </summary>
    /// <param name="lookup">Gives a secret by its name.</param>
    public ImmutableArray<EnvironmentEntry> Resolve(Func<string, Secret> lookup)
    {
        var clear = Clear.Select(v => v.Name).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. Clear.Select(v => new EnvironmentEntry(v.Name, v.Value, null)),
            .. Secret
                .Where(v => !clear.Contains(v.Name))
                .Select(v => new EnvironmentEntry(v.Name, null, lookup(v.SecretName))),
        ];
    }

    private static ImmutableArray<T> Merge<T>(ImmutableArray<T> first, ImmutableArray<T> second, Func<T, string> name)
    {
        var merged = new OrderedDictionary<string, T>(StringComparer.Ordinal);
        foreach (var item in first.Concat(second))
        {
            merged[name(item)] = item;
        }

        return [.. merged.Values];
    }
}

/// <summary>A variable whose value may be seen.</summary>
/// <param name="Name">The variable's name.</param>
/// <param name="Value">Its value.</param>
public sealed record ClearVariable(string Name, string Value);

/// <summary>A variable whose value is a secret.</summary>
/// <param name="Name">The variable's name.</param>
/// <param name="SecretName">The secret's name: the same, unless the file gives <c>NAME:SECRET_NAME</c>.</param>
public sealed record SecretVariable(string Name, string SecretName);

/// <summary>A variable with its value, clear or secret.</summary>
/// <param name="Name">The variable's name.</param>
/// <param name="Clear">The value; null when it is secret.</param>
/// <param name="Secret">The value; null when it is clear.</param>
public sealed record EnvironmentEntry(string Name, string? Clear, Secret? Secret);
