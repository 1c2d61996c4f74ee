using System.Collections.Immutable;
using Lotse.Configuration.Reading.Yaml;

namespace Lotse.Configuration.Reading;

/// <summary>Reads the root of the merged configuration.</summary>
internal sealed class DeployReader(Fields root, string? destination, Sites sites)
{
    public DeployConfig Read()
    {
        var defaults = new DeployConfig
        {
            Service = Service(),
            Image = "",
            Roles = [],
        };
        var config = Simple(defaults) with
        {
            Destination = destination,
            Registry = new RegistryReader(sites).Read(root["registry"]),
            Builder = new BuilderReader(sites).Read(root["builder"]),
            Env = new EnvReader(sites).Read(root["env"]),
            EnvTags = new EnvReader(sites).ReadTags(root["env"]),
            Proxy = new ProxyReader(sites).Read(root["proxy"]),
            ProxyRun = ProxyRunReader.Read(ProxyRun()),
            Labels = root["labels"].Labels(),
            Logging = LoggingReader.Read(root["logging"]),
            Boot = SshReader.ReadBoot(root["boot"]),
            Ssh = new SshReader(sites).Read(root["ssh"]),
            Setup = SetupReader.Read(root["setup"]),
            SshKit = SshReader.ReadKit(root["sshkit"]),
            Output = LoggingReader.ReadOutput(root["output"]),
            HooksOutput = LoggingReader
                .ReadHooks(root["hooks_output"])
                .ToImmutableSortedDictionary(StringComparer.Ordinal),
            Aliases = Aliases(root["aliases"]),
            Extensions = [.. root.Keys.Where(k => k.StartsWith("x-", StringComparison.Ordinal))],
        };
        config = config with { Image = Image(config), Roles = Roles(config) };
        return config with
        {
            Migrate = ReleaseReader.ReadMigrate(root["migrate"], config.Roles, config.PrimaryRole),
            Bake = ReleaseReader.ReadBake(root["bake"]),
            Accessories = new AccessoryReader(sites, config.Service, config.Roles).Read(root["accessories"]),
        };
    }

    private string Service()
    {
        var name = root.Required("service", "a service's name", "Name the service, like service: shop.") ?? "";
        if (name.Length > 0 && !NamePatterns.IsService(name))
        {
            root["service"]!.Error(
                $"'{name}' is not a service's name",
                "Use letters, digits, '-' and '_', beginning with a letter or digit."
            );
        }

        return name;
    }

    /// <summary>The keys that are a scalar or a list of texts.</summary>
    private DeployConfig Simple(DeployConfig d) =>
        d with
        {
            PrimaryRole = root["primary_role"]?.Name("a role's name") ?? d.PrimaryRole,
            AllowEmptyRoles = root["allow_empty_roles"]?.Flag() ?? d.AllowEmptyRoles,
            Volumes = root["volumes"].Volumes(),
            DeployTimeout = ProxyReader.Positive(root["deploy_timeout"]) ?? d.DeployTimeout,
            DrainTimeout = root["drain_timeout"]?.Duration() ?? d.DrainTimeout,
            ReadinessDelay = root["readiness_delay"]?.Duration() ?? d.ReadinessDelay,
            RetainContainers = root["retain_containers"]?.Integer(1, int.MaxValue) ?? d.RetainContainers,
            HooksPath = root["hooks_path"]?.Name("a folder") ?? d.HooksPath,
            SecretsPath = root["secrets_path"]?.Name("a path") ?? d.SecretsPath,
            RunDirectory = root["run_directory"]?.Name("a folder") ?? d.RunDirectory,
            ErrorPagesPath = root["error_pages_path"]?.Name("a folder"),
            RequireDestination = root["require_destination"]?.Flag() ?? d.RequireDestination,
            MinimumVersion = root["minimum_version"]?.Name("a version"),
        };

    /// <summary>The image; without a registry it may be left out, and is the service's name then.</summary>
    private string Image(DeployConfig config)
    {
        if (root["image"] is not { } cursor)
        {
            if (config.Registry is { IsLocal: false })
            {
                root.Owner.ErrorAtKey("image is missing", "Name it as the registry does, like image: team/shop.");
            }

            return config.Service;
        }

        var image = cursor.Name("an image's name") ?? "";
        if (image.Length > 0 && !NamePatterns.IsRepository(image))
        {
            cursor.Error(
                $"'{image}' is not an image's name",
                "Use lower-case letters, digits and separators, without a tag: the version becomes the tag."
            );
        }

        return image;
    }

    private ImmutableArray<RoleConfig> Roles(DeployConfig config)
    {
        var defaults = new RoleDefaults
        {
            PrimaryRole = config.PrimaryRole,
            Proxy = root["proxy"],
            Logging = root["logging"],
            Labels = config.Labels,
            StopTimeout = root["stop_timeout"]?.Duration(),
            DrainTimeout = config.DrainTimeout,
            AssetPath = root["asset_path"]?.Name("a folder"),
        };
        return new RoleReader(sites, defaults).Read(root["servers"]);
    }

    /// <summary>
    /// The root's <c>proxy.run</c> with that of the primary role over it: one proxy serves all roles of a host.
    /// </summary>
    private Cursor? ProxyRun()
    {
        var own = root["proxy"].Step("run");
        var role = root["servers"].Step(root["primary_role"]?.Text() ?? "web").Step("proxy").Step("run");
        return own is null || role is null
            ? role ?? own
            : new Cursor(YamlMerge.Merge(own.Node, role.Node), role.Node.Mark, role.Path, role.Problems);
    }

    private static ImmutableSortedDictionary<string, string> Aliases(Cursor? cursor)
    {
        foreach (var command in cursor?.IsMap == true ? cursor.Entries("a map of aliases") : [])
        {
            if (!NamePatterns.IsAlias(command.Key))
            {
                command.ErrorAtKey("this cannot be an alias", "Use lower-case letters, digits, '-' and '_'.");
            }
        }

        return cursor.TextMap("a map of aliases");
    }
}
