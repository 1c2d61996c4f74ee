using System.Collections.Immutable;

namespace Lotse.Configuration.Reading;

/// <summary>Readers of shapes that several sections share.</summary>
internal static class TextReaders
{
    /// <summary>A list of texts.</summary>
    public static ImmutableArray<string> Texts(this Cursor? cursor, string what) =>
        cursor is null ? [] : [.. cursor.Items(what).Select(i => i.Name("a text")).OfType<string>()];

    /// <summary>A map of free names to scalars.</summary>
    public static ImmutableSortedDictionary<string, string> TextMap(this Cursor? cursor, string what)
    {
        var map = Ordinal<string>();
        foreach (var value in cursor?.Entries(what) ?? [])
        {
            map[value.Key] = value.Value() ?? "";
        }

        return map.ToImmutable();
    }

    /// <summary>Labels, without those that are ours.</summary>
    public static ImmutableSortedDictionary<string, string> Labels(this Cursor? cursor)
    {
        const string What = "a map of labels";
        foreach (var value in cursor?.IsMap == true ? cursor.Entries(What) : [])
        {
            if (
                value.Key is "service" or "role" or "destination"
                || value.Key.StartsWith("lotse.", StringComparison.Ordinal)
            )
            {
                value.ErrorAtKey("this label is reserved: containers are found again by it", "Choose another name.");
            }
        }

        return cursor.TextMap(What);
    }

    /// <summary>Volumes, <c>source:target[:options]</c>, or a target alone.</summary>
    public static ImmutableArray<string> Volumes(this Cursor? cursor)
    {
        foreach (var item in cursor?.IsList == true ? cursor.Items("volumes") : [])
        {
            var parts = (item.Node as Yaml.ScalarNode)?.Text.Split(':');
            var target = parts?[Math.Min(1, parts.Length - 1)];
            if (target is not null && !target.StartsWith('/'))
            {
                item.Error(
                    $"the path in the container, '{target}', is not absolute",
                    "Write \"source:/path/in/container\", with \":ro\" behind it for read-only."
                );
            }
        }

        return cursor.Texts("volumes");
    }

    /// <summary>Flags of <c>docker run</c>; the restart policy apart.</summary>
    public static DockerOptions Options(this Cursor? cursor)
    {
        var options = Ordinal<ImmutableArray<string>>();
        var restart = DockerOptions.DefaultRestart;
        foreach (var value in cursor?.Entries("a map of options") ?? [])
        {
            if (value.Key == "restart")
            {
                restart = Restart(value);
                continue;
            }

            options[value.Key] = [.. value.ItemsOrSelf("values").Select(v => v.Value()).OfType<string>()];
        }

        return new DockerOptions(restart, options.ToImmutable());
    }

    private static string Restart(Cursor value)
    {
        const string Cure = "Write \"no\" (in quotes), always, unless-stopped, on-failure or on-failure:N.";
        if (value.AsFlag is not null)
        {
            value.Error("a plain yes or no is a switch in YAML, not a restart policy", Cure);
            return DockerOptions.DefaultRestart;
        }

        var text = value.Text("a restart policy");
        if (text is not null && !NamePatterns.IsRestartPolicy(text))
        {
            value.Error($"'{text}' is not a restart policy", Cure);
        }

        return text ?? DockerOptions.DefaultRestart;
    }

    private static ImmutableSortedDictionary<string, T>.Builder Ordinal<T>() =>
        ImmutableSortedDictionary.CreateBuilder<string, T>(StringComparer.Ordinal);
}

internal sealed record DockerOptions(string Restart, ImmutableSortedDictionary<string, ImmutableArray<string>> Options)
{
    public const string DefaultRestart = "unless-stopped";
}
