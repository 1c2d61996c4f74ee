using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Lotse.Planning.Setup;

/// <summary>Reads what <see cref="FactsScript"/> printed.</summary>
public static class FactsParser
{
    /// <summary>The facts; null when the text is not the script's, or not all of it.</summary>
    /// <param name="host">The server's configured name.</param>
    /// <param name="text">What the script printed.</param>
    /// <param name="now">The deployer's clock when the answer came.</param>
    public static ServerFacts? Parse(string host, string text, DateTimeOffset now)
    {
        var lines = text.Split('\n')
            .Select(l => l.TrimEnd('\r').Split('=', 2))
            .Where(p => p.Length == 2 && p[1].Length > 0)
            .ToLookup(p => p[0], p => p[1], StringComparer.Ordinal);
        if (!lines.Contains("end"))
        {
            return null;
        }

        return Machine(host, lines, now) with
        {
            Packages = [.. lines["package"]],
            IsInterrupted = lines.Contains("packages.interrupted"),
            HasAppArmor = lines.Contains("apparmor"),
            HasState = lines.Contains("state"),
            Engine = Engine(lines),
            Account = Account(lines),
            LoginKeys = [.. lines["login.key"]],
            Sshd = Named(lines, "sshd.").Remove("match"),
            SshMatches = [.. lines["sshd.match"].Distinct()],
            SshPorts = [.. lines["ssh.port"].Select(p => Integer(p)).Where(p => p > 0).Select(p => (int)p)],
            Updates = Named(lines, "updates."),
            Firewall = Firewall(lines),
            ListeningPorts = [.. lines["listen"].Where(l => !IsLoopback(l)).Select(PortOf)],
            Addresses = [.. lines["address"].Select(AddressOf).OfType<string>().Distinct()],
            Uplinks = [.. lines["uplink"].Distinct()],
            Bridges = [.. lines["bridge"].Distinct()],
        };
    }

    private static ServerFacts Machine(string host, ILookup<string, string> lines, DateTimeOffset now) =>
        new()
        {
            Host = host,
            User = One(lines, "user"),
            Distribution = One(lines, "os.id"),
            Version = One(lines, "os.version"),
            Name = One(lines, "os.name"),
            Architecture = One(lines, "arch"),
            HasSystemd = lines.Contains("systemd"),
            MemoryKiB = Integer(One(lines, "memory")),
            SwapKiB = Integer(One(lines, "swap")),
            FreeKiB = Integer(One(lines, "free")),
            ClockSkew = DateTimeOffset.FromUnixTimeSeconds(Integer(One(lines, "now"))) - now,
        };

    private static EngineFacts Engine(ILookup<string, string> lines)
    {
        var version = One(lines, "engine.version").Split(' ');
        var state = One(lines, "engine.state").Split(' ');
        var answers = version.Length == 2 && version[1].Length > 0;
        return new EngineFacts
        {
            IsInstalled = answers || lines.Contains("engine.installed"),
            IsFresh = lines.Contains("engine.fresh"),
            IsStale = lines.Contains("engine.stale"),
            Version = answers ? version[0] : null,
            ApiVersion = answers ? version[1] : null,
            RunningContainers = (int)Integer(state[0]),
            KeepsContainers = state is [_, "true", ..],
            IsSwarm = state is [_, _, "active"],
            Settings = lines["engine.settings"]
                .Select(s => Encoding.UTF8.GetString(Convert.FromBase64String(s)))
                .FirstOrDefault(),
        };
    }

    private static AccountFacts Account(ILookup<string, string> lines) =>
        new()
        {
            Exists = lines.Contains("account.exists"),
            Groups = [.. lines["account.group"]],
            Keys = [.. lines["account.key"]],
            HasSudo = lines.Contains("account.sudo"),
            HasStateFolder = lines.Contains("account.folder"),
        };

    private static FirewallFacts Firewall(ILookup<string, string> lines) =>
        new()
        {
            Others = [.. lines["firewall.other"].Distinct()],
            Fragments =
            [
                .. lines["firewall.ports"]
                    .Select(l => l.Split(' ', 2))
                    .GroupBy(p => p[0], p => p[^1], StringComparer.Ordinal)
                    .Select(g => FirewallFragment.Parse(g.Key, g)),
            ],
            File = One(lines, "firewall.file"),
            Unit = One(lines, "firewall.unit"),
            IsLoaded = lines.Contains("firewall.loaded"),
            IsEnabled = lines.Contains("firewall.enabled"),
        };

    private static string One(ILookup<string, string> lines, string key) => lines[key].FirstOrDefault("");

    private static long Integer(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : 0;

    private static ImmutableDictionary<string, string> Named(ILookup<string, string> lines, string prefix) =>
        lines
            .Where(g => g.Key.StartsWith(prefix, StringComparison.Ordinal))
            .ToImmutableDictionary(g => g.Key[prefix.Length..], g => g.First());

    /// <summary>
    /// An address as /proc/net/tcp writes it (proc_net_tcp in the kernel's documentation): 32-bit words in the
    /// machine's byte
    /// order in hex, a colon, the port in hex. All architectures that Docker supports here are little-endian.
    /// </summary>
    private static bool IsLoopback(string address)
    {
        var hex = address.Split(':')[0];
        return hex.Length == 8
            ? hex.EndsWith("7F", StringComparison.Ordinal)
            : hex == "00000000000000000000000001000000"
                || (hex.StartsWith("0000000000000000FFFF0000", StringComparison.Ordinal) && hex.EndsWith("7F"));
    }

    private static int PortOf(string address) =>
        int.Parse(address.Split(':')[^1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    /// <summary>An interface's name and its address with the length of the network's prefix.</summary>
    private static string? AddressOf(string line) =>
        line.Split(' ') is [var name, var address] && !FirewallRules.IsEngines(name) ? address.Split('/')[0] : null;
}
