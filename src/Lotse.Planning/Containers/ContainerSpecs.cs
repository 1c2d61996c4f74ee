using System.Collections.Immutable;
using Lotse.Configuration;
using Lotse.Planning.Observed;

namespace Lotse.Planning.Containers;

/// <summary>Makes specifications of containers from the configuration. Pure.</summary>
internal static class ContainerSpecs
{
    public static ContainerSpec ForRole(PlanRequest request, RoleConfig role, HostConfig host)
    {
        var config = request.Config;
        var name = Names.Container(config.Service, role.Name, config.Destination, request.Release.Version);
        var spec = new ContainerSpec
        {
            Name = name,
            Image = request.Release.ImageName,
            Command = ShellWords.Split(role.Cmd),
            Environment = EnvironmentOf(config, role, host, request.Release, name),
            Labels = config.Labels.SetItems(role.Labels),
            Network = request.Machine.Network,
            Volumes = config.Volumes,
            Restart = role.Restart,
            LogDriver = role.Logging.Driver,
            LogOptions = role.Logging.Options,
            Options = role.Options,
            PublishedPorts = role.Options.GetValueOrDefault("publish", []),
        };
        return Labelled(
            spec,
            (ContainerLabels.Service, config.Service),
            (ContainerLabels.Role, role.Name),
            (ContainerLabels.Destination, config.Destination ?? ""),
            (ContainerLabels.Version, request.Release.Version),
            (ContainerLabels.Rollout, request.Rollout)
        );
    }

    public static ContainerSpec ForAccessory(DeployConfig config, AccessoryConfig accessory, ObservedHost host)
    {
        var spec = new ContainerSpec
        {
            Name = accessory.Service,
            Image = accessory.Image,
            Command = ShellWords.Split(accessory.Cmd),
            Environment = config.EnvironmentOf(accessory),
            Labels = accessory.Labels,
            Network = accessory.Network,
            NetworkAliases = [accessory.Service],
            Volumes = [.. accessory.Volumes, .. accessory.Directories.Select(d => Bind(host, accessory, d))],
            PublishedPorts = accessory.Port is null ? [] : [accessory.Port],
            Restart = accessory.Restart,
            LogDriver = config.Logging.Driver,
            LogOptions = config.Logging.Options,
            Options = accessory.Options,
            HealthCheck = HealthCheck(accessory.HealthCheck),
        };
        return Labelled(
            spec,
            (ContainerLabels.Service, accessory.Service),
            (ContainerLabels.Owner, config.Service),
            (ContainerLabels.Accessory, accessory.Name),
            (ContainerLabels.Destination, config.Destination ?? "")
        );
    }

    public static ContainerSpec ForProxy(PlanRequest request)
    {
        var run = request.Config.ProxyRun;
        ImmutableArray<string> addresses = run.BindIps.IsEmpty ? [""] : run.BindIps;
        var spec = new ContainerSpec
        {
            Name = request.Machine.Proxy,
            Image = request.ProxyImage,
            Command = ["run", "--http-port", "80"],
            Network = request.Machine.Network,
            Volumes = [$"{request.Machine.ProxyVolume}:/var/lib/lotse-proxy"],
            PublishedPorts = run.Publish ? [.. addresses.Select(a => Published(a, run.HttpPort))] : [],
            LogDriver = "json-file",
            LogOptions = ImmutableSortedDictionary<string, string>.Empty.Add("max-size", run.LogMaxSize),
            Options = run.Options,
        };
        return Labelled(spec, (ContainerLabels.Proxy, "true"));
    }

    /// <summary>An IPv6 address stands in brackets, so that its colons are not taken for the port's.</summary>
    private static string Published(string address, int port) =>
        address switch
        {
            "" => $"{port}:80",
            _ when address.Contains(':', StringComparison.Ordinal) => $"[{address.Trim('[', ']')}]:{port}:80",
            _ => $"{address}:{port}:80",
        };

    private static ContainerHealthCheck? HealthCheck(AccessoryHealthCheck? check) =>
        check is null ? null : new ContainerHealthCheck(check.Cmd, check.Interval, check.Timeout, Retries: 3);

    /// <summary>A relative folder lies under the data folder, in one of the accessory's own, as with Kamal.</summary>
    private static string Bind(ObservedHost host, AccessoryConfig accessory, MountedPath folder)
    {
        var source = folder.Local.StartsWith('/')
            ? folder.Local
            : $"{host.DataFolder}/{accessory.Service}/{folder.Local}";
        return folder.Options is null ? $"{source}:{folder.Remote}" : $"{source}:{folder.Remote}:{folder.Options}";
    }

    /// <summary>The environment of a role's container: the configured one, and what Kamal adds.</summary>
    public static ImmutableArray<EnvironmentEntry> EnvironmentOf(
        DeployConfig config,
        RoleConfig role,
        HostConfig host,
        Release release,
        string name
    ) =>
        [
            .. config.EnvironmentOf(role, host),
            new("KAMAL_CONTAINER_NAME", name, null),
            new("KAMAL_VERSION", release.Version, null),
            new("KAMAL_HOST", host.Name, null),
            .. config.Destination is { } destination
                ? [new EnvironmentEntry("KAMAL_DESTINATION", destination, null)]
                : ImmutableArray<EnvironmentEntry>.Empty,
        ];

    private static ContainerSpec Labelled(ContainerSpec spec, params ReadOnlySpan<(string Name, string Value)> own)
    {
        var labels = spec.Labels.Add(ContainerLabels.Fingerprint, spec.Fingerprint);
        foreach (var (name, value) in own)
        {
            labels = labels.SetItem(name, value);
        }

        return spec with
        {
            Labels = labels,
        };
    }
}
