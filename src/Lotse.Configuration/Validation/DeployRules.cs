using System.Collections.Immutable;
using Lotse.Configuration.Reading;

namespace Lotse.Configuration.Validation;

/// <summary>Rules over version, destination and roles.</summary>
internal static class DeployRules
{
    /// <summary>The version of Kamal whose schema is read.</summary>
    private static readonly Version SchemaVersion = new(2, 12, 0);

    public static void Check(Draft draft)
    {
        CheckVersion(draft.Root["minimum_version"]);
        if (!draft.Root.Has("servers"))
        {
            CheckAnything(draft);
            return;
        }

        CheckPrimary(draft);
        CheckHosts(draft);
    }

    /// <summary>
    /// Reports that a destination must be named, and whether it is so. The rest of the configuration is not looked at
    /// then: half of it stands in the destination's file.
    /// </summary>
    public static bool LacksDestination(Fields root, string? destination, ImmutableArray<string> destinations)
    {
        var lacks = destination is null && root["require_destination"]?.AsFlag == true;
        if (lacks)
        {
            root["require_destination"]!.ErrorAtKey("no destination is given", $"Choose {Choice(destinations)}.");
        }

        return lacks;
    }

    private static void CheckVersion(Cursor? cursor)
    {
        if (cursor?.Text() is not { } text)
        {
            return;
        }

        if (!Version.TryParse(text.Contains('.', StringComparison.Ordinal) ? text : text + ".0", out var version))
        {
            cursor.Error($"'{text}' is not a version", "Write one like 2.12.0.");
        }
        else if (version > SchemaVersion)
        {
            cursor.Error(
                $"this configuration needs Kamal {text}, and {SchemaVersion} is what can be read",
                "Lower it if the configuration uses nothing newer, or update."
            );
        }
    }

    private static void CheckAnything(Draft draft)
    {
        if (!draft.Config.Accessories.IsEmpty)
        {
            return;
        }

        var cure =
            draft.Config.Destination is null && !draft.Destinations.IsEmpty
                ? $"Choose a destination, {Choice(draft.Destinations)}, or add servers."
                : "Add servers with the hosts, or local for this machine.";
        draft.Root.Owner.ErrorAtKey("servers is missing, and there are no accessories", cure);
    }

    private static void CheckPrimary(Draft draft)
    {
        var roles = draft.Config.Roles.Select(r => r.Name).ToList();
        if (draft.Config.Primary is not null || roles.Count == 0)
        {
            return;
        }

        var at = draft.Root["primary_role"] ?? draft.Root["servers"]!;
        var cure = Suggestions.Closest(draft.Config.PrimaryRole, roles) is { } close
            ? $"Did you mean {close}?"
            : $"Set primary_role to one of {string.Join(", ", roles)}.";
        at.ErrorAtKey($"there is no role '{draft.Config.PrimaryRole}' to be the primary role", cure);
    }

    private static void CheckHosts(Draft draft)
    {
        var servers = draft.Root["servers"]!;
        foreach (var role in draft.Config.Roles.Where(r => r.Hosts.IsEmpty))
        {
            var isPrimary = role.Name == draft.Config.PrimaryRole;
            var at = servers.Step(role.Name) ?? servers;
            if ((!isPrimary && draft.Config.AllowEmptyRoles) || !IsEmpty(at))
            {
                continue;
            }

            var more = isPrimary ? "" : " allow_empty_roles: true allows roles without hosts.";
            at.ErrorAtKey($"the role '{role.Name}' has no hosts", $"Add a host, or local for this machine.{more}");
        }
    }

    /// <summary>Whether the file itself gives no hosts; hosts that cannot be read were reported already.</summary>
    private static bool IsEmpty(Cursor role)
    {
        var hosts = role.IsMap ? role.Step("hosts") : role;
        return hosts is null || (hosts.IsList && !hosts.Items("").Any());
    }

    private static string Choice(ImmutableArray<string> destinations) =>
        destinations.IsEmpty ? "one, and write its file beside this one" : $"one of {string.Join(", ", destinations)}";
}
