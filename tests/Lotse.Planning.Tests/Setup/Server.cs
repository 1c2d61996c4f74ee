using System.Collections.Immutable;
using Lotse.Planning.Setup;

namespace Lotse.Planning.Tests.Setup;

/// <summary>Servers as they come, and as set-up leaves them.</summary>
internal static class Server
{
    public const string Key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA one@example.com";

    public static SetupSettings Settings { get; } = new() { DeployUser = "deploy", DeployKeys = [Key] };

    /// <summary>A Debian as it is rented.</summary>
    public static ServerFacts Bare { get; } =
        new()
        {
            Host = "192.0.2.10",
            Distribution = "debian",
            Version = "12",
            Name = "Debian GNU/Linux 12 (bookworm)",
            HasSystemd = true,
            MemoryKiB = 4_000_000,
            FreeKiB = 20_000_000,
            SshPorts = [22],
            Sshd = Sshd("yes", "prohibit-password"),
            Addresses = ["192.0.2.10"],
            Uplinks = ["eth0"],
        };

    /// <summary>The same when everything is in place.</summary>
    public static ServerFacts Ready { get; } = ReadyFor(Bare, Settings);

    public static ImmutableDictionary<string, string> Sshd(string password, string root) =>
        new Dictionary<string, string>
        {
            ["passwordauthentication"] = password,
            ["kbdinteractiveauthentication"] = "no",
            ["permitrootlogin"] = root,
        }.ToImmutableDictionary();

    public static SetupPlan Plan(ServerFacts server, SetupSettings? settings = null) =>
        Assert.Single(SetupPlanner.Plan([server], settings ?? Settings));

    public static SetupStep Step(SetupPlan plan, SetupTopic topic) => plan.Steps.Single(s => s.Topic == topic);

    /// <summary>The titles of the steps that change something.</summary>
    public static IEnumerable<SetupTopic> Changes(SetupPlan plan) => plan.Changes.Select(s => s.Topic);

    private static ServerFacts ReadyFor(ServerFacts bare, SetupSettings settings)
    {
        var plan = Plan(bare, settings);
        return bare with
        {
            Packages = ["docker.io", "ca-certificates", "iptables", "unattended-upgrades", "nftables"],
            Engine = new EngineFacts
            {
                IsInstalled = true,
                Version = "20.10.24",
                ApiVersion = "1.41",
                KeepsContainers = true,
                Settings = EngineSettings.Of(Step(plan, SetupTopic.EngineSettings)),
            },
            Account = new AccountFacts
            {
                Exists = true,
                Groups = ["deploy", "docker"],
                Keys = [Key],
                HasStateFolder = true,
            },
            Sshd = Sshd("no", "prohibit-password"),
            Updates = new Dictionary<string, string>
            {
                ["Update-Package-Lists"] = "1",
                ["Unattended-Upgrade"] = "1",
            }.ToImmutableDictionary(),
            Firewall = new FirewallFacts
            {
                File = FirewallRules.Fingerprint(Step(plan, SetupTopic.Firewall).Script),
                Unit = FirewallRules.Fingerprint(FirewallScripts.Unit),
                IsLoaded = true,
                IsEnabled = true,
                Fragments = [Step(plan, SetupTopic.Firewall).Fragment!],
            },
        };
    }
}

/// <summary>The engine's settings in a step's script.</summary>
internal static class EngineSettings
{
    public static string Of(SetupStep step)
    {
        var lines = step.Script.Split('\n');
        var begin = Array.FindIndex(lines, l => l.EndsWith("<<'SETTINGS'", StringComparison.Ordinal));
        return string.Join('\n', lines[(begin + 1)..Array.IndexOf(lines, "SETTINGS")]) + "\n";
    }
}
