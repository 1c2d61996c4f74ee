using System.Collections.Immutable;
using Lotse.Configuration;

namespace Lotse.Execution.Deployments;

/// <summary>What is taken away with a service.</summary>
/// <param name="WithData">Whether the accessories' data goes too.</param>
/// <param name="IsWhole">Whether no host of the configuration is left out.</param>
public sealed record RemoveRequest(bool WithData, bool IsWhole = true);

/// <summary>The data of a service's accessories on a host.</summary>
/// <param name="Host">The host's name.</param>
/// <param name="Volumes">Volumes that go with the data.</param>
/// <param name="Shared">Volumes that stay, each with a container of another service or destination that uses it.</param>
/// <param name="Folders">Folders of the host that hold something: they stay in any case.</param>
public sealed record HostData(
    string Host,
    ImmutableArray<string> Volumes,
    ImmutableArray<(string Volume, string User)> Shared,
    ImmutableArray<string> Folders
)
{
    /// <summary>Whether something of it is there when the rest is gone.</summary>
    public bool Stays => !Shared.IsEmpty || !Folders.IsEmpty;
}

/// <summary>What a removal will take away.</summary>
/// <param name="Config">The configuration.</param>
/// <param name="Request">What was asked for.</param>
/// <param name="Hosts">Each host, with the data on it.</param>
public sealed record Removal(DeployConfig Config, RemoveRequest Request, ImmutableArray<HostData> Hosts)
{
    /// <summary>The same for a person, who is to say yes or no.</summary>
    public string Describe()
    {
        var place = Config.Destination is { } destination ? $" ({destination})" : "";
        string[] lines =
        [
            $"{Config.Service}{place} is removed from {string.Join(", ", Hosts.Select(h => h.Host))}: routes, containers, accessories and images.",
            .. Request.WithData ? Going() : Staying(),
        ];
        return string.Join('\n', lines);
    }

    private IEnumerable<string> Going()
    {
        foreach (var host in Hosts)
        {
            foreach (var volume in host.Volumes)
            {
                yield return $"  [{host.Host}] volume {volume} and the data in it, for good";
            }

            foreach (var (volume, user) in host.Shared)
            {
                yield return $"  [{host.Host}] volume {volume} stays: container {user} uses it";
            }

            foreach (var folder in host.Folders)
            {
                yield return $"  [{host.Host}] folder {folder} stays";
            }
        }
    }

    private IEnumerable<string> Staying()
    {
        var data = Hosts.SelectMany(h => h.Volumes.Concat(h.Folders).Select(d => $"{d} on {h.Host}")).ToList();
        if (data.Count > 0)
        {
            yield return $"  The accessories' data stays: {string.Join(", ", data)}";
        }
    }
}
