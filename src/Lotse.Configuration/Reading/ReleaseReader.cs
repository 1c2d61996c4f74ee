using System.Collections.Immutable;

namespace Lotse.Configuration.Reading;

/// <summary>Reads <c>migrate</c> and <c>bake</c>: what goes before a new release, and what follows its switch.</summary>
internal static class ReleaseReader
{
    /// <summary>The migration: a command alone, or a map.</summary>
    public static MigrateConfig? ReadMigrate(Cursor? cursor, ImmutableArray<RoleConfig> roles, string primaryRole)
    {
        if (cursor is null)
        {
            return null;
        }

        if (!cursor.IsMap)
        {
            var text = cursor.Name("a command, or a map with command, timeout and role");
            return text is null ? null : new MigrateConfig { Command = text };
        }

        var fields = cursor.Map(Schema.Migrate)!;
        var command = fields.Required("command", "a command", "Give the command that brings the data up to date.");
        var migrate = new MigrateConfig { Command = command ?? "" };
        return migrate with
        {
            Timeout = ProxyReader.Positive(fields["timeout"]) ?? migrate.Timeout,
            Role = Role(fields["role"], roles, primaryRole),
        };
    }

    /// <summary>The bake window: a time alone, or a map.</summary>
    public static BakeConfig ReadBake(Cursor? cursor)
    {
        var defaults = new BakeConfig();
        if (cursor is null)
        {
            return defaults;
        }

        if (!cursor.IsMap)
        {
            return defaults with { Window = cursor.Duration() ?? defaults.Window };
        }

        var fields = cursor.Map(Schema.Bake)!;
        return new BakeConfig
        {
            Window = fields["window"]?.Duration() ?? defaults.Window,
            ErrorPercent = fields["error_percent"]?.Integer(1, 100) ?? defaults.ErrorPercent,
            MinimumRequests = fields["minimum_requests"]?.Integer(1, int.MaxValue) ?? defaults.MinimumRequests,
        };
    }

    private static string? Role(Cursor? cursor, ImmutableArray<RoleConfig> roles, string primaryRole)
    {
        if (cursor?.Name("a role's name") is not { } name)
        {
            return null;
        }

        if (roles.All(r => r.Name != name))
        {
            var names = string.Join(", ", roles.Select(r => r.Name));
            var cure = Suggestions.Closest(name, [.. roles.Select(r => r.Name)]) is { } close
                ? $"Did you mean {close}?"
                : $"Roles under servers: {names}. Left out, it is {primaryRole}.";
            cursor.Error($"there is no role '{name}'", cure);
        }

        return name;
    }
}
