using Lotse.Configuration;

namespace Lotse.Hosts.Ssh.Access;

/// <summary>All that decides how hosts are reached over SSH.</summary>
public sealed record SshSettings
{
    /// <summary>What <c>ssh:</c> in the configuration says.</summary>
    public SshConfig Config { get; init; } = new();

    /// <summary>Private keys that secrets hold, by the secrets' names: what <see cref="SshConfig.KeyData"/> stands for.</summary>
    public IReadOnlyList<KeyValuePair<string, Secret>> KeyData { get; init; } = [];

    /// <summary>The project's folder: key files are relative to it, and the pinned host keys are in it.</summary>
    public required string ProjectFolder { get; init; }

    /// <summary>The user's home, with OpenSSH's own files in <c>.ssh</c>.</summary>
    public required string Home { get; init; }

    /// <summary>Reads an environment variable.</summary>
    public required Func<string, string?> Environment { get; init; }

    /// <summary>The user's name on this machine, which OpenSSH takes for jump hosts that name none.</summary>
    public string LocalUser { get; init; } = System.Environment.UserName;

    /// <summary>The machine's OpenSSH folder. Default: <c>/etc/ssh</c>, on Windows <c>%ProgramData%\ssh</c>.</summary>
    public string SystemFolder { get; init; } =
        OperatingSystem.IsWindows()
            ? Path.Combine(
                System.Environment.GetFolderPath(System.Environment.SpecialFolder.CommonApplicationData),
                "ssh"
            )
            : "/etc/ssh";

    /// <summary>How long it may take until a server answers, unless OpenSSH's <c>ConnectTimeout</c> says otherwise. Default: 10 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a server that has answered may take to let the user in; a minute at least where an agent's key is offered, which may have to ask a person.
    /// Default: 30 s.
    /// </summary>
    public TimeSpan LoginTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The time between two signs of life, unless OpenSSH's <c>ServerAliveInterval</c> says otherwise. Default: 15 s.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How many connections may be begun at a time on one jump host (<see cref="SshKitConfig.MaxConcurrentStarts"/>). Default: 30.</summary>
    public int MostStarts { get; init; } = 30;

    /// <summary>Asks a person for the passphrase of a key file; null where nobody can be asked. Its null answer means none was given.</summary>
    public Func<string, string?>? AskPassphrase { get; init; }

    /// <summary>Committed pins of host keys, in the format of known_hosts (sshd(8)).</summary>
    public string PinsFile => Path.Combine(ProjectFolder, "config", "known_hosts");

    /// <summary>The destination; null for none.</summary>
    public string? Destination { get; init; }

    /// <summary>The command that asks the servers for their keys and pins them.</summary>
    internal string PinCommand =>
        "./build.sh PinHostKeys" + (Destination is null ? "" : $" --destination {Destination}");

    /// <summary>A path as a person would write it: in the project's folder, or in the user's home.</summary>
    internal string Show(string path)
    {
        var inProject = Path.GetRelativePath(ProjectFolder, path).Replace('\\', '/');
        var inHome = Path.GetRelativePath(Home, path).Replace('\\', '/');
        return !inProject.StartsWith("..", StringComparison.Ordinal) && !Path.IsPathRooted(inProject) ? inProject
            : !inHome.StartsWith("..", StringComparison.Ordinal) && !Path.IsPathRooted(inHome) ? $"~/{inHome}"
            : path;
    }

    /// <summary>The user's OpenSSH folder.</summary>
    internal string SshFolder => Path.Combine(Home, ".ssh");

    /// <summary>The files of OpenSSH's configuration that are read, in order.</summary>
    internal IReadOnlyList<string> ConfigFiles =>
        !Config.ReadsConfig ? []
        : Config.ConfigFiles.Length > 0
            ? [.. Config.ConfigFiles.Select(f => Path.Combine(ProjectFolder, Configuration.Tokens.Tilde(f, Home)))]
        : [Path.Combine(SshFolder, "config"), Path.Combine(SystemFolder, "ssh_config")];

    /// <summary>Where the agent listens: <c>SSH_AUTH_SOCK</c>, on Windows else the named pipe of its OpenSSH; null for none.</summary>
    internal string? AgentAddress =>
        Environment("SSH_AUTH_SOCK") is { Length: > 0 } address ? address
        : OperatingSystem.IsWindows() ? Keys.AgentClient.WindowsPipe
        : null;

    /// <summary>The settings of a deploy from this machine.</summary>
    /// <param name="config">The deploy configuration, secrets resolved.</param>
    /// <param name="projectFolder">The project's folder.</param>
    public static SshSettings For(DeployConfig config, string projectFolder) =>
        new()
        {
            Config = config.Ssh,
            Destination = config.Destination,
            MostStarts = config.SshKit.MaxConcurrentStarts,
            KeyData =
            [
                .. config.Ssh.KeyData.Select(k =>
                    KeyValuePair.Create(k.SecretName ?? "ssh.key_data", config.SecretOf(k))
                ),
            ],
            ProjectFolder = projectFolder,
            Home = System.Environment.GetFolderPath(System.Environment.SpecialFolder.UserProfile),
            Environment = System.Environment.GetEnvironmentVariable,
            AskPassphrase = TerminalPassphrase.Available,
        };
}
