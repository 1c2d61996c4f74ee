using Lotse.Execution.Ports;
using Lotse.Planning;
using Lotse.Planning.Observed;
using Lotse.Planning.Steps;

namespace Lotse.Execution.Deployments;

/// <summary>Finds ports of a host that new containers are to publish and something else has taken.</summary>
internal static class PortRule
{
    /// <summary>What is wrong, each naming the host.</summary>
    public static async Task<IReadOnlyList<string>> FindProblemsAsync(
        IHost host,
        ObservedHost observed,
        Plan plan,
        CancellationToken cancellation
    )
    {
        var problems = new List<string>();
        foreach (var (port, user, cure) in WantedOn(host.Name, plan))
        {
            if (!IsOwn(observed, port) && !await host.IsPortFreeAsync(port, cancellation))
            {
                problems.Add(
                    $"[{host.Name}] port {port} is in use by another program, and {user} needs it. Stop that program, or {cure}."
                );
            }
        }

        return problems;
    }

    /// <summary>The TCP port of the host in <c>[ip:]host:container[/protocol]</c>; null for none, a range, or another protocol.</summary>
    internal static int? HostPort(string published)
    {
        var parts = published.Split('/');
        var ports = parts[0].Split(':');
        return (parts.Length == 1 || parts[1] == "tcp") && ports.Length > 1 && int.TryParse(ports[^2], out var port)
            ? port
            : null;
    }

    private static IEnumerable<(int Port, string User, string Cure)> WantedOn(string host, Plan plan)
    {
        var (proxy, accessory, role) = (
            "choose another port: `--http-port 8080`",
            "give the accessory another `port:`",
            "publish another port"
        );
        return plan
            .Steps.Values.SelectMany(steps => steps)
            .Where(step => step.Host == host)
            .SelectMany(step =>
                step switch
                {
                    EnsureProxy start => start.Spec.PublishedPorts.Select(p => (p, "the edge proxy", proxy)),
                    EnsureAccessory { Work: AccessoryWork.Create } make => make.Spec.PublishedPorts.Select(p =>
                        (p, $"accessory {make.Accessory}", accessory)
                    ),
                    CreateContainer make => make.Spec.PublishedPorts.Select(p => (p, $"role {make.Role}", role)),
                    _ => [],
                }
            )
            .Select(wanted => (HostPort(wanted.Item1), wanted.Item2, wanted.Item3))
            .Where(wanted => wanted.Item1 is not null)
            .Select(wanted => (wanted.Item1!.Value, wanted.Item2, wanted.Item3));
    }

    /// <summary>Whether it is ours already: a proxy that is replaced, or a container of the release before.</summary>
    private static bool IsOwn(ObservedHost observed, int port) =>
        observed
            .Containers.Concat(observed.Accessories)
            .Append(observed.Proxy?.Container)
            .Append(observed.Proxy?.MakingWay)
            .Any(c => c is { IsRunning: true } && c.PublishedPorts.Contains(port));
}
