using System.Collections.Immutable;
using Lotse.Configuration;
using Lotse.Planning.Containers;

namespace Lotse.Execution.Deployments;

/// <summary>Finds the role and the hosts that a person's command is for.</summary>
internal static class ExecPlace
{
    /// <exception cref="UserException">There is no such role or host, or no command.</exception>
    public static (RoleConfig Role, ImmutableArray<HostConfig> Hosts) Find(DeployConfig config, ExecRequest request)
    {
        if (ShellWords.Split(request.Command).IsEmpty)
        {
            throw new UserException("There is no command to run.", "Give it with --command \"program arguments\".");
        }

        var name = request.Role ?? config.PrimaryRole;
        var role =
            config.Roles.FirstOrDefault(r => r.Name == name)
            ?? throw Unknown("role", name, config.Roles.Select(r => r.Name));
        if (request.Host is { } wanted)
        {
            var host =
                role.Hosts.FirstOrDefault(h => h.Name == wanted)
                ?? throw Unknown("host", wanted, role.Hosts.Select(h => h.Name));
            return (role, [host]);
        }

        return (role, request.OnlyPrimary || request.IsInteractive ? [.. role.Hosts.Take(1)] : role.Hosts);
    }

    private static UserException Unknown(string kind, string name, IEnumerable<string> known) =>
        new($"There is no {kind} '{name}'.", $"There are: {string.Join(", ", known)}.");
}
