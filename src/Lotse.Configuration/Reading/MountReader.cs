using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Lotse.Configuration.Reading;

/// <summary>Reads an accessory's <c>files</c> and <c>directories</c>: <c>local:remote[:options]</c> or a map.</summary>
internal static partial class MountReader
{
    private const string Cure = "Write \"local:/path/in/container\", or a map with local and remote.";

    public static ImmutableArray<MountedPath> Read(Cursor? cursor, string what, string? defaultMode) =>
        [.. (cursor?.Items(what) ?? []).Select(i => One(i, defaultMode)).OfType<MountedPath>()];

    private static MountedPath? One(Cursor item, string? defaultMode)
    {
        var path = item.IsMap ? FromMap(item, defaultMode) : FromText(item, defaultMode);
        if (path is not null && !path.Remote.StartsWith('/'))
        {
            item.Error($"the path in the container, '{path.Remote}', is not absolute", Cure);
        }

        return path;
    }

    private static MountedPath? FromText(Cursor item, string? defaultMode)
    {
        if (item.Name("a mount") is not { } text)
        {
            return null;
        }

        var parts = text.Split(':', 3);
        if (parts.Length >= 2 && parts[0].Length > 0 && parts[1].Length > 0)
        {
            return new MountedPath(parts[0], parts[1], defaultMode, null, parts.Length == 3 ? parts[2] : null);
        }

        item.Error($"'{text}' does not say what is mounted where", Cure);
        return null;
    }

    private static MountedPath? FromMap(Cursor item, string? defaultMode)
    {
        var fields = item.Map(Schema.MountedPath)!;
        var local = fields.Required("local", "a path", Cure);
        var remote = fields.Required("remote", "a path", Cure);
        var mode = fields["mode"]?.Name("a mode");
        if (mode is not null && !Octal().IsMatch(mode))
        {
            fields["mode"]!.Error($"'{mode}' is not an octal mode", "Write one like \"0644\", in quotes.");
        }

        return local is null || remote is null
            ? null
            : new MountedPath(
                local,
                remote,
                mode ?? defaultMode,
                fields["owner"]?.Name("an owner"),
                fields["options"]?.Name("mount options")
            );
    }

    [GeneratedRegex(@"\A[0-7]{3,4}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Octal();
}
