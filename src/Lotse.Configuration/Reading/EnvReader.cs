using System.Collections.Immutable;

namespace Lotse.Configuration.Reading;

/// <summary>
/// Reads <c>env</c>: either plain variables, or <c>clear</c>, <c>secret</c> and, at the root, <c>tags</c>.
/// </summary>
internal sealed class EnvReader(Sites sites)
{
    private static readonly string[] SpecialKeys = ["clear", "secret", "tags"];

    public EnvConfig Read(Cursor? cursor)
    {
        if (cursor is null)
        {
            return EnvConfig.Empty;
        }

        var isSimple = !cursor.Entries("a map of variables").Any(e => SpecialKeys.Contains(e.Key));
        return isSimple ? new EnvConfig { Clear = Clear(cursor) } : Complex(cursor);
    }

    /// <summary>The tags of the root's environment.</summary>
    public ImmutableSortedDictionary<string, EnvConfig> ReadTags(Cursor? env) =>
        (env.Step("tags")?.Entries("a map of tags") ?? []).ToImmutableSortedDictionary(
            e => e.Key,
            Read,
            StringComparer.Ordinal
        );

    private EnvConfig Complex(Cursor cursor)
    {
        var fields = cursor.Map(Schema.Env)!;
        if (cursor.Path != "env" && fields["tags"] is { } tags)
        {
            tags.ErrorAtKey("tags are only possible in the env at the top level", "Move them there.");
        }

        var env = new EnvConfig
        {
            Clear = fields["clear"] is { } clear ? Clear(clear) : [],
            Secret = fields["secret"] is { } secret ? Secrets(secret) : [],
        };
        WarnOfBoth(fields, env);
        return env;
    }

    private static ImmutableArray<ClearVariable> Clear(Cursor cursor) =>
        [
            .. cursor
                .Entries("a map of variables")
                .Where(e => IsName(e.Key, e.ErrorAtKey))
                .Select(e => new ClearVariable(e.Key, ClearValue(e))),
        ];

    private static string ClearValue(Cursor value)
    {
        if (!value.IsMap && !value.IsList)
        {
            return value.Value() ?? "";
        }

        var meant = Suggestions.Closest(value.Key, SpecialKeys);
        value.Error(
            $"expected a text, found {(value.IsMap ? "a map" : "a list")}",
            meant is null ? "A variable is a \"NAME: value\" line." : $"Did you mean {meant}?"
        );
        return "";
    }

    private ImmutableArray<SecretVariable> Secrets(Cursor cursor)
    {
        var variables = new OrderedDictionary<string, SecretVariable>(StringComparer.Ordinal);
        foreach (var item in cursor.Items("secret names"))
        {
            if (item.Name("a secret's name") is not { } text)
            {
                continue;
            }

            var parts = text.Split(':', 2);
            var variable = new SecretVariable(parts[0], parts[^1]);
            if (IsName(variable.Name, item.Error) && IsName(variable.SecretName, item.Error))
            {
                variables[variable.Name] = variable;
                sites.AddSecret(variable.SecretName, item);
            }
        }

        return [.. variables.Values];
    }

    private static bool IsName(string name, Action<string, string> report)
    {
        if (NamePatterns.IsVariable(name))
        {
            return true;
        }

        // The text may be a value that was put here by mistake, a secret even: it is not repeated.
        report(
            "this is not a variable's name",
            "Use letters, digits and _, and a secret's value only in .kamal/secrets."
        );
        return false;
    }

    private static void WarnOfBoth(Fields fields, EnvConfig env)
    {
        foreach (var name in env.Clear.Select(v => v.Name).Intersect(env.Secret.Select(v => v.Name)))
        {
            fields["secret"]
                ?.Warning(
                    $"{name} is both clear and secret: the clear value is used",
                    "Remove it from one of the two."
                );
        }
    }
}
