using System.Collections.Immutable;
using Lotse.Configuration;
using Lotse.Planning.Containers;

namespace Lotse.Execution.Deployments;

/// <summary>Finds the role or the accessory, and the hosts, that a person's command is for.</summary>
internal static class ExecPlace
{
    /// <exception cref="UserException">There is no such role or host, or no command.</exception>
    public static (RoleConfig Role, ImmutableArray<HostConfig> Hosts) Find(DeployConfig config, ExecRequest request)
    {
        RequireCommand(request);
        var name = request.Role ?? config.PrimaryRole;
        var role =
            config.Roles.FirstOrDefault(r => r.Name == name)
            ?? throw Unknown("role", name, config.Roles.Select(r => r.Name));
        return (role, Choose(role.Hosts, request));
    }

    /// <exception cref="UserException">There is no such accessory or host, or no command, or it is to run beside the accessory.</exception>
    public static ImmutableArray<HostConfig> OfAccessory(DeployConfig config, ExecRequest request, string name)
    {
        RequireCommand(request);
        if (request.IsOneOff || request.Role is not null)
        {
            throw new UserException(
                "A command for an accessory runs in its container, not in one of its own and not in a role's.",
                "Leave out --one-off and --role."
            );
        }

        var accessory =
            config.Accessories.FirstOrDefault(a => a.Name == name)
            ?? throw Unknown("accessory", name, config.Accessories.Select(a => a.Name));
        return Choose(accessory.Hosts, request);
    }

    private static void RequireCommand(ExecRequest request)
    {
        if (ShellWords.Split(request.Command).IsEmpty)
        {
            throw new UserException("There is no command to run.", "Give it with --command \"program arguments\".");
        }
    }

    private static ImmutableArray<HostConfig> Choose(ImmutableArray<HostConfig> hosts, ExecRequest request)
    {
        if (request.Host is { } wanted)
        {
            return
            [
                hosts.FirstOrDefault(h => h.Name == wanted) ?? throw Unknown("host", wanted, hosts.Select(h => h.Name)),
            ];
        }

        return request.OnlyPrimary || request.IsInteractive ? [.. hosts.Take(1)] : hosts;
    }

    private static UserException Unknown(string kind, string name, IEnumerable<string> known) =>
        new($"There is no {kind} '{name}'.", $"There are: {string.Join(", ", known)}.");
}
