using System.Collections.Immutable;
using Lotse.Configuration;

namespace Lotse.EndToEnd.Host;

/// <summary>Makes the configuration that a deploy file would give.</summary>
public static class DeployConfigs
{
    /// <summary>The accessory's name.</summary>
    public const string Accessory = "store";

    /// <summary>The configuration of a release in a world.</summary>
    public static DeployConfig For(WorldSpec world, ReleaseSpec release) =>
        new()
        {
            Service = world.Service,
            Image = world.Service,
            Registry = world.Registry.Length == 0 ? null : Registry(world),
            Secrets = ImmutableSortedDictionary<string, Secret>.Empty.Add(
                RegistryPassword,
                new Secret(world.RegistryPassword)
            ),
            Roles = [Web(world, release), .. Workers(world, release)],
            ReadinessDelay = TimeSpan.FromMilliseconds(500),
            Builder = new BuilderConfig { Args = Arguments(world, release) },
            Env = new EnvConfig { Clear = release.Colour is { } colour ? [new ClearVariable("COLOUR", colour)] : [] },
            ProxyRun = new ProxyRunConfig { HttpPort = world.HttpPort, BindIps = [BindAddress(world)] },
            Ssh = Ssh(world),
            Accessories = release.AccessoryImage is { } image ? [Store(world, image, release.AccessoryCommand)] : [],
            DeployTimeout = release.DeployTimeout,
            DrainTimeout = TimeSpan.FromSeconds(15),
            RetainContainers = release.Retain,
            Bake = new BakeConfig { Window = release.Bake },
            Migrate = release.Migrate is { } command ? new MigrateConfig { Command = command } : null,
        };

    /// <summary>The volume that the accessory keeps its file on.</summary>
    public static string DataVolume(WorldSpec world) => $"{world.Service}-data";

    /// <summary>How the servers are reached.</summary>
    public static SshConfig Ssh(WorldSpec world) =>
        new()
        {
            Port = world.SshPort,
            Keys = world.KeyFile.Length == 0 ? [] : [world.KeyFile],
            KeysOnly = true,
            ReadsConfig = false,
        };

    private const string RegistryPassword = "REGISTRY_PASSWORD";

    private static RegistryConfig Registry(WorldSpec world) =>
        new()
        {
            Server = world.Registry,
            Username = new Credential(null, new Secret(world.RegistryUser)),
            Password = new Credential(RegistryPassword, null),
        };

    private static RoleConfig Web(WorldSpec world, ReleaseSpec release) =>
        new()
        {
            Name = "web",
            Hosts = HostsOf(world),
            Proxy = new ProxyConfig { AppPort = 8080 },
            Options = release.Memory is { } memory ? Options(("memory", memory), ("memory-swap", memory)) : Options(),
        };

    private static IEnumerable<RoleConfig> Workers(WorldSpec world, ReleaseSpec release) =>
        Enumerable
            .Range(1, release.Workers)
            .Select(n => new RoleConfig
            {
                Name = $"worker{n}",
                Hosts = HostsOf(world),
                Cmd = "work",
            });

    private static ImmutableArray<HostConfig> HostsOf(WorldSpec world) =>
        world.Servers.Count == 0 ? [Local] : [.. world.Servers.Select(s => new HostConfig { Name = s })];

    private static AccessoryConfig Store(WorldSpec world, string image, string command) =>
        new()
        {
            Name = Accessory,
            Service = $"{world.Service}-{Accessory}",
            Image = image,
            Hosts = [Local],
            // Written once, never again: what it holds tells whether the volume is still the first one.
            Cmd =
                $"sh -c 'test -f /data/born || cat /proc/sys/kernel/random/uuid > /data/born; echo store is up; {command}'",
            Volumes = [$"{DataVolume(world)}:/data"],
            Network = world.Machine.Network,
            Options = Options(("stop-signal", "SIGKILL")),
        };

    private static string BindAddress(WorldSpec world) => world.Servers.Count == 0 ? "127.0.0.1" : "0.0.0.0";

    private static HostConfig Local => new() { Name = HostConfig.LocalName };

    private static ImmutableSortedDictionary<string, string> Arguments(WorldSpec world, ReleaseSpec release) =>
        ImmutableSortedDictionary<string, string>
            .Empty.Add("BASE", world.BaseImage)
            .Add("VERSION", release.Version)
            .Add("MISBEHAVE", release.Misbehave);

    private static ImmutableSortedDictionary<string, ImmutableArray<string>> Options(
        params ReadOnlySpan<(string Name, string Value)> options
    )
    {
        var all = ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty;
        foreach (var (name, value) in options)
        {
            all = all.Add(name, [value]);
        }

        return all;
    }
}
