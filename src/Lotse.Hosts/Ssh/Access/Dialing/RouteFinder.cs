using System.Collections.Immutable;
using Lotse.Execution.Ports;
using Lotse.Hosts.Ssh.Access.Configuration;
using Lotse.Hosts.Ssh.Access.Keys;

namespace Lotse.Hosts.Ssh.Access.Dialing;

/// <summary>
/// Finds the servers through which a host is reached. What the deploy configuration says wins over OpenSSH's; its defaults lose.
/// </summary>
internal sealed class RouteFinder(SshSettings settings)
{
    private static readonly string[] UsualKeys = ["id_ed25519", "id_ecdsa", "id_rsa"];

    /// <summary>The servers to go through, and the host as the last one.</summary>
    /// <exception cref="HostException">What is configured is no host, or leads in a circle.</exception>
    public IReadOnlyList<Hop> Find(string host)
    {
        var given = Parse(host, host);
        var ssh = settings.Config;
        var options = Options(given.Name, given.User ?? ssh.User);
        var user = given.User ?? ssh.User ?? options.User ?? "root";
        var hop = MakeHop(given, options, user, given.Port ?? ssh.Port ?? options.Port ?? 22);
        var trail = ImmutableArray.Create(given.Name);
        if (ssh.Proxy is { } proxy)
        {
            return [.. Through(host, proxy, "root", trail), hop];
        }

        if (ssh.ProxyCommand is { } command)
        {
            return [hop with { ProxyCommand = TokensOf(given.Name, hop).Expand(command) }];
        }

        return [.. Way(host, options, given.Name, hop, trail)];
    }

    private IEnumerable<Hop> Way(string host, HostOptions options, string name, Hop hop, ImmutableArray<string> trail)
    {
        if (options.ProxyCommand is { } command)
        {
            return [hop with { ProxyCommand = TokensOf(name, hop).Expand(command) }];
        }

        return options.ProxyJump is { } jump
            ? Through(host, TokensOf(name, hop).Expand(jump), settings.LocalUser, trail).Append(hop)
            : [hop];
    }

    /// <summary>Of several hosts, the first is reached as its own configuration says, and each further one through the one before it.</summary>
    private IEnumerable<Hop> Through(string host, string list, string user, ImmutableArray<string> trail)
    {
        var names = list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return names.SelectMany((name, index) => Jump(host, name, user, isFirst: index == 0, trail));
    }

    private IEnumerable<Hop> Jump(
        string host,
        string name,
        string defaultUser,
        bool isFirst,
        ImmutableArray<string> trail
    )
    {
        var given = Parse(host, name);
        if (trail.Contains(given.Name))
        {
            throw Circle(host, [.. trail.Add(given.Name)]);
        }

        var options = Options(given.Name, given.User);
        var user = given.User ?? options.User ?? defaultUser;
        var hop = MakeHop(given, options, user, given.Port ?? options.Port ?? 22) with { IsJump = true };
        return isFirst ? Way(host, options, given.Name, hop, trail.Add(given.Name)) : [hop];
    }

    private Hop MakeHop(HostAddress given, HostOptions options, string user, int port)
    {
        var name = options.HostName?.Replace("%h", given.Name, StringComparison.Ordinal) ?? given.Name;
        var tokens = new Tokens(given.Name, name, port, user, settings.LocalUser, settings.Home, settings.Environment);
        return new Hop
        {
            Name = name,
            Port = port,
            User = user,
            KeyName = options.HostKeyAlias ?? name,
            KnownHostsFiles = KnownHostsFiles(options, tokens),
            Keys = Choose(options, tokens),
            ConnectTimeout = options.ConnectTimeout ?? settings.ConnectTimeout,
            KeepAlive = options.KeepAlive ?? settings.KeepAlive,
            Notes = options.Notes,
        };
    }

    private KeyChoice Choose(HostOptions options, Tokens tokens)
    {
        var own = settings.Config.Keys.Select(k => tokens.ExpandPath(k, settings.ProjectFolder)).ToList();
        string[] files =
        [
            .. own.Concat(options.IdentityFiles.Select(f => tokens.ExpandPath(f, settings.SshFolder))).Distinct(),
        ];
        var isNamedOnly = settings.Config.KeysOnly || (options.IdentitiesOnly ?? false);
        return new KeyChoice
        {
            // Kamal's keys_only means just the keys of the deploy configuration.
            Files = settings.Config.KeysOnly ? own : files,
            UsualFiles =
                files.Length > 0 || settings.KeyData.Count > 0 || settings.Config.KeysOnly
                    ? []
                    : [.. UsualKeys.Select(k => Path.Combine(settings.SshFolder, k))],
            NamedOnly = isNamedOnly,
            Agent = AgentAddress(options, tokens),
        };
    }

    private string? AgentAddress(HostOptions options, Tokens tokens) =>
        options.IdentityAgent switch
        {
            null or "SSH_AUTH_SOCK" => settings.AgentAddress,
            "none" => null,
            ['$', .. var variable] when !variable.StartsWith('{') => settings.Environment(variable),
            var path => tokens.ExpandPath(path, settings.SshFolder),
        };

    private string[] KnownHostsFiles(HostOptions options, Tokens tokens)
    {
        IEnumerable<string> users =
            options.UserKnownHostsFiles?.Where(f => f != "none").Select(f => tokens.ExpandPath(f, settings.SshFolder))
            ?? ["known_hosts", "known_hosts2"];
        IEnumerable<string> machines =
            options.GlobalKnownHostsFiles?.Where(f => f != "none")
            ?? [Path.Combine(settings.SystemFolder, "ssh_known_hosts")];
        return [.. users.Select(f => Path.Combine(settings.SshFolder, f)), .. machines];
    }

    private HostOptions Options(string name, string? user) =>
        ConfigReader.Read(new ConfigPlaces(settings.ConfigFiles, settings.Home, settings.LocalUser), name, user);

    private Tokens TokensOf(string original, Hop hop) =>
        new(original, hop.Name, hop.Port, hop.User, settings.LocalUser, settings.Home, settings.Environment);

    private static HostAddress Parse(string host, string text) =>
        HostAddress.Parse(text)
        ?? throw new HostException(
            HostFailure.Unreachable,
            host,
            "find the way to the host",
            $"'{text}' is no host.",
            "Write `host`, `user@host` or `user@host:port`."
        );

    private static HostException Circle(string host, IReadOnlyList<string> trail) =>
        new(
            HostFailure.Unreachable,
            host,
            "find the way to the host",
            $"the jump hosts lead in a circle: {string.Join(" → ", trail)}.",
            "Mend ssh.proxy, or ProxyJump in ~/.ssh/config (`ProxyJump none` under the jump host's own Host line)."
        );
}
