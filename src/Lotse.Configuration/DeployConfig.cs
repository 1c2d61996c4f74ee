using System.Collections.Immutable;

namespace Lotse.Configuration;

/// <summary>
/// A service's configuration for one destination: <c>config/deploy.yml</c> with the destination's overlay, defaults
/// filled in. The schema is Kamal's (2.12) with a few keys of our own; see <c>Reference/deploy.reference.yml</c>.
/// </summary>
public sealed record DeployConfig
{
    /// <summary>The service's name: letters, digits, <c>-</c> and <c>_</c>. Container names begin with it.</summary>
    public required string Service { get; init; }

    /// <summary>The image's name, without registry and tag.</summary>
    public required string Image { get; init; }

    /// <summary>The destination's name; null when none was asked for.</summary>
    public string? Destination { get; init; }

    /// <summary>The roles, by name.</summary>
    public required ImmutableArray<RoleConfig> Roles { get; init; }

    /// <summary>
    /// The name of the role that is deployed first and proxied unless it says otherwise; default <c>web</c>.
    /// </summary>
    public string PrimaryRole { get; init; } = "web";

    /// <summary>Whether a role may have no hosts.</summary>
    public bool AllowEmptyRoles { get; init; }

    /// <summary>The registry; null, or one on this machine, when the deployer's own is used.</summary>
    public RegistryConfig? Registry { get; init; }

    /// <summary>How the image is built.</summary>
    public BuilderConfig Builder { get; init; } = new();

    /// <summary>The environment of every role.</summary>
    public EnvConfig Env { get; init; } = EnvConfig.Empty;

    /// <summary>Environment for tagged hosts, by tag.</summary>
    public ImmutableSortedDictionary<string, EnvConfig> EnvTags { get; init; } =
        ImmutableSortedDictionary<string, EnvConfig>.Empty;

    /// <summary>How requests reach the service, unless a role says otherwise.</summary>
    public ProxyConfig Proxy { get; init; } = new();

    /// <summary>How the edge proxy itself runs.</summary>
    public ProxyRunConfig ProxyRun { get; init; } = new();

    /// <summary>The accessories, in the order of the file.</summary>
    public ImmutableArray<AccessoryConfig> Accessories { get; init; } = [];

    /// <summary>Volumes of every role's containers, <c>source:target[:options]</c>.</summary>
    public ImmutableArray<string> Volumes { get; init; } = [];

    /// <summary>Labels of every role's containers.</summary>
    public ImmutableSortedDictionary<string, string> Labels { get; init; } =
        ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Where containers log to, unless a role says otherwise.</summary>
    public LoggingConfig Logging { get; init; } = LoggingConfig.Default;

    /// <summary>How long a container may take to become ready; default 30 s.</summary>
    public TimeSpan DeployTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long requests in flight may take to finish; default 30 s.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a container without proxy and health check must stay up to count as ready; default 7 s.
    /// </summary>
    public TimeSpan ReadinessDelay { get; init; } = TimeSpan.FromSeconds(7);

    /// <summary>How many old containers and images are kept for a rollback; default 5, at least 1.</summary>
    public int RetainContainers { get; init; } = 5;

    /// <summary>Where the hooks are, relative to the project's folder; default <c>.kamal/hooks</c>.</summary>
    public string HooksPath { get; init; } = ".kamal/hooks";

    /// <summary>Whether hooks print what they say, by hook; the empty name stands for all others.</summary>
    public ImmutableSortedDictionary<string, HookOutput> HooksOutput { get; init; } =
        ImmutableSortedDictionary<string, HookOutput>.Empty;

    /// <summary>
    /// The secrets files' path before <c>-common</c> and <c>.destination</c>; default <c>.kamal/secrets</c>.
    /// </summary>
    public string SecretsPath { get; init; } = ".kamal/secrets";

    /// <summary>
    /// The folder for runtime files on a host, relative to the user's home there; default <c>.kamal</c>.
    /// </summary>
    public string RunDirectory { get; init; } = ".kamal";

    /// <summary>
    /// A folder of error pages for the proxy, relative to the project's folder; null when there is none.
    /// </summary>
    public string? ErrorPagesPath { get; init; }

    /// <summary>How many hosts start at a time.</summary>
    public BootConfig Boot { get; init; } = new();

    /// <summary>What runs once per deploy before the new release starts; null for nothing.</summary>
    public MigrateConfig? Migrate { get; init; }

    /// <summary>How a new release is watched once it has the traffic.</summary>
    public BakeConfig Bake { get; init; } = new();

    /// <summary>How hosts are reached.</summary>
    public SshConfig Ssh { get; init; } = new();

    /// <summary>What <c>ServerSetup</c> makes of a new server.</summary>
    public SetupConfig Setup { get; init; } = new();

    /// <summary>How many connections are made at a time.</summary>
    public SshKitConfig SshKit { get; init; } = new();

    /// <summary>Where the deploy's own log goes beside the console.</summary>
    public OutputConfig Output { get; init; } = new();

    /// <summary>Short names for commands.</summary>
    public ImmutableSortedDictionary<string, string> Aliases { get; init; } =
        ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Whether a destination must be named.</summary>
    public bool RequireDestination { get; init; }

    /// <summary>The lowest version of Kamal that reads this configuration; null when any does.</summary>
    public string? MinimumVersion { get; init; }

    /// <summary>The names of top-level keys that begin with <c>x-</c>: places for anchors, not read.</summary>
    public ImmutableArray<string> Extensions { get; init; } = [];

    /// <summary>
    /// Secrets that nobody gave and that <c>secrets.generate</c> lists: to be made once and added by
    /// <see cref="WithSecrets"/>.
    /// </summary>
    public ImmutableArray<string> GeneratedSecrets { get; init; } = [];

    /// <summary>The secrets that the configuration refers to, by name.</summary>
    public ImmutableSortedDictionary<string, Secret> Secrets { get; init; } =
        ImmutableSortedDictionary<string, Secret>.Empty;

    /// <summary>The primary role; null when only accessories are configured.</summary>
    public RoleConfig? Primary => Roles.FirstOrDefault(r => r.Name == PrimaryRole);

    /// <summary>Every host of roles and accessories once, in order.</summary>
    public ImmutableArray<HostConfig> AllHosts =>
        [.. Roles.SelectMany(r => r.Hosts).Concat(Accessories.SelectMany(a => a.Hosts)).DistinctBy(h => h.Name)];

    /// <summary>The hosts of proxied roles and accessories, each once, in order.</summary>
    public ImmutableArray<HostConfig> ProxyHosts =>
        [
            .. Roles
                .Where(r => r.Proxy is not null)
                .SelectMany(r => r.Hosts)
                .Concat(Accessories.Where(a => a.Proxy is not null).SelectMany(a => a.Hosts))
                .DistinctBy(h => h.Name),
        ];

    /// <summary>
    /// The same configuration with more secrets, such as those that were generated. What it has already stays: a secret
    /// that was given wins over one that was generated earlier.
    /// </summary>
    public DeployConfig WithSecrets(IReadOnlyDictionary<string, Secret> secrets) =>
        this with
        {
            Secrets = Secrets.AddRange(secrets.Where(s => !Secrets.ContainsKey(s.Key))),
            GeneratedSecrets = GeneratedSecrets.RemoveAll(secrets.ContainsKey),
        };

    /// <summary>
    /// The environment of a role's container on a host: the root's, then the role's, then that of each of the host's
    /// tags; later ones win. As in Kamal, a clear value wins over a secret of the same name.
    /// </summary>
    /// <exception cref="InvalidOperationException">One of <see cref="GeneratedSecrets"/> is missing.</exception>
    public ImmutableArray<EnvironmentEntry> EnvironmentOf(RoleConfig role, HostConfig host)
    {
        var tags = host.Tags.Where(EnvTags.ContainsKey).Select(t => EnvTags[t]);
        return tags.Aggregate(Env.Merge(role.Env), (merged, tag) => merged.Merge(tag)).Resolve(SecretOf);
    }

    /// <summary>The environment of an accessory's container.</summary>
    /// <exception cref="InvalidOperationException">One of <see cref="GeneratedSecrets"/> is missing.</exception>
    public ImmutableArray<EnvironmentEntry> EnvironmentOf(AccessoryConfig accessory) => accessory.Env.Resolve(SecretOf);

    /// <summary>The secret of a name.</summary>
    /// <exception cref="InvalidOperationException">One of <see cref="GeneratedSecrets"/> is missing.</exception>
    public Secret SecretOf(string name) =>
        Secrets.GetValueOrDefault(name)
        ?? throw new InvalidOperationException($"Secret {name} was not resolved before its use.");

    /// <summary>What a credential stands for.</summary>
    /// <exception cref="InvalidOperationException">Its secret has not been added yet.</exception>
    public Secret SecretOf(Credential credential) => credential.Literal ?? SecretOf(credential.SecretName ?? "");
}
