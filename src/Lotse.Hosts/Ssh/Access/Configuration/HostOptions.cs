using System.Globalization;
using Lotse.Execution;

namespace Lotse.Hosts.Ssh.Access.Configuration;

/// <summary>What OpenSSH's configuration says of one host: for each keyword the first value, as ssh_config(5) has it.</summary>
internal sealed class HostOptions
{
    private readonly Dictionary<string, ConfigLine> values = [];
    private readonly List<string> identityFiles = [];
    private readonly List<string> notes = [];

    /// <summary>What was read but is not acted on, with its file and line.</summary>
    public IReadOnlyList<string> Notes => notes;

    /// <summary>Files of keys, in order; several may be given.</summary>
    public IReadOnlyList<string> IdentityFiles => identityFiles;

    public string? HostName => Value("hostname");

    public string? User => Value("user");

    public int? Port => Number("port", 65535);

    public string? HostKeyAlias => Value("hostkeyalias");

    public string? IdentityAgent => Value("identityagent");

    public bool? IdentitiesOnly => Flag("identitiesonly");

    /// <summary>The hosts to go through; null when nothing is said or <c>none</c>.</summary>
    public string? ProxyJump => Path is { Keyword: "proxyjump" } line ? line.Value : null;

    /// <summary>The command to go through; null when nothing is said or <c>none</c>.</summary>
    public string? ProxyCommand => Path is { Keyword: "proxycommand" } line ? line.Text : null;

    /// <summary>Files of known keys; null for the usual ones.</summary>
    public IReadOnlyList<string>? UserKnownHostsFiles => values.GetValueOrDefault("userknownhostsfile")?.Arguments;

    /// <summary>The machine's files of known keys; null for the usual ones.</summary>
    public IReadOnlyList<string>? GlobalKnownHostsFiles => values.GetValueOrDefault("globalknownhostsfile")?.Arguments;

    public TimeSpan? ConnectTimeout => Time("connecttimeout");

    public TimeSpan? KeepAlive => Time("serveraliveinterval");

    /// <summary>ProxyJump and ProxyCommand exclude each other: the first of the two counts.</summary>
    private ConfigLine? Path => values.GetValueOrDefault("proxy") is { } line && !IsNone(line.Value) ? line : null;

    /// <summary>Takes a setting, unless there is one already.</summary>
    public void Take(ConfigLine line)
    {
        switch (line.Keyword)
        {
            case "identityfile":
                identityFiles.AddRange(line.Arguments);
                break;
            case "proxyjump" or "proxycommand":
                values.TryAdd("proxy", line);
                break;
            default:
                if (values.TryAdd(line.Keyword, line) && Ignored(line) is { } reason)
                {
                    Note(line, reason);
                }

                break;
        }
    }

    /// <summary>Says that something is not acted on.</summary>
    public void Note(ConfigLine line, string reason) => notes.Add($"{line.Site}: {reason}");

    private static string? Ignored(ConfigLine line) =>
        line switch
        {
            { Keyword: "stricthostkeychecking", Value: "no" or "off" or "accept-new" } =>
                "StrictHostKeyChecking is not obeyed: host keys are always checked",
            { Keyword: "certificatefile" or "pkcs11provider" or "securitykeyprovider" or "knownhostscommand" } =>
                $"{line.Keyword} is not supported",
            { Keyword: "canonicalizehostname", Value: "yes" or "always" } => "CanonicalizeHostname is not supported",
            _ => null,
        };

    private static bool IsNone(string value) => value.Equals("none", StringComparison.OrdinalIgnoreCase);

    private string? Value(string keyword) => values.GetValueOrDefault(keyword)?.Value;

    private bool? Flag(string keyword) =>
        values.GetValueOrDefault(keyword) is not { } line ? null
        : line.Value.ToLowerInvariant() is "yes" or "true" ? true
        : line.Value.ToLowerInvariant() is "no" or "false" ? false
        : throw Wrong(line, "neither yes nor no");

    private TimeSpan? Time(string keyword) =>
        values.GetValueOrDefault(keyword) is not { } line || IsNone(line.Value) ? null
        : Seconds.Parse(line.Value) is not { } time ? throw Wrong(line, "no time, such as 90, 90s or 1m30s")
        : time > TimeSpan.Zero ? time
        : null;

    private int? Number(string keyword, int highest)
    {
        if (values.GetValueOrDefault(keyword) is not { } line || IsNone(line.Value))
        {
            return null;
        }

        var isNumber = int.TryParse(line.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        return isNumber && number <= highest ? number : throw Wrong(line, $"no number from 0 to {highest}");
    }

    private static UserException Wrong(ConfigLine line, string what) =>
        new($"{line.Site}: '{line.Value}' is {what} ({line.Keyword}).", "Mend that line, or set `ssh: config: false`.");
}
