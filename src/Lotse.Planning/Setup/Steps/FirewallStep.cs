using System.Collections.Immutable;
using System.Net;

namespace Lotse.Planning.Setup.Steps;

/// <summary>The firewall: what all configurations of the server need is let in, and nothing else.</summary>
internal static class FirewallStep
{
    /// <summary>What the nodes of a swarm reach each other by.</summary>
    private static readonly OpenPort[] SwarmPorts =
    [
        new(2377),
        new(7946),
        new(7946, IsUdp: true),
        new(4789, IsUdp: true),
    ];

    public static SetupStep? Plan(ServerFacts server, SetupSettings settings, IReadOnlyCollection<ServerFacts> fleet)
    {
        if (!IsWanted(server, settings))
        {
            return IsAnythingThere(server.Firewall) ? Removal : null;
        }

        var own = Own(server, settings, fleet);
        var open = Open(server, settings);
        var rules = FirewallRules.Of(SshPorts(server, settings), [.. Others(server, settings), own]);
        var isThere =
            server.Firewall.File == FirewallRules.Fingerprint(rules)
            && server.Firewall.IsLoaded
            && (!server.HasSystemd || IsStartedAtBoot(server.Firewall))
            && Before(server, settings)?.Text == own.Text;
        var toFleet = ToFleets(server, settings);
        var forFleet = toFleet.Length > 0 ? $", and {string.Join(", ", toFleet)} to the fleet" : "";
        return new SetupStep
        {
            Topic = SetupTopic.Firewall,
            Title = $"Close all ports but {string.Join(", ", open)}{forFleet}, those that containers publish included",
            Why = "the engine's published ports bypass ordinary firewalls",
            State = isThere ? SetupState.InPlace : SetupState.Change,
            Script = isThere ? "" : rules,
            Fragment = own,
        };
    }

    /// <summary>SSH's ports, the one of this very connection among them, and those that configurations open.</summary>
    public static ImmutableArray<OpenPort> Open(ServerFacts server, SetupSettings settings) =>
        IsWanted(server, settings)
            ?
            [
                .. SshPorts(server, settings)
                    .Concat(Configured(server, settings))
                    .Concat(Others(server, settings).SelectMany(f => f.Open))
                    .Distinct(),
            ]
            : [];

    /// <summary>What configurations open to their fleets.</summary>
    public static ImmutableArray<OpenPort> ToFleets(ServerFacts server, SetupSettings settings) =>
        IsWanted(server, settings)
            ?
            [
                .. settings
                    .FleetPorts.GetValueOrDefault(server.Host, [])
                    .Concat(Others(server, settings).SelectMany(f => f.Fleet))
                    .Distinct(),
            ]
            : [];

    /// <summary>What stands in the way.</summary>
    public static IEnumerable<SetupProblem> Problems(ServerFacts server, SetupSettings settings)
    {
        if (!IsWanted(server, settings))
        {
            yield break;
        }

        if (server.Firewall.Others.Length > 0)
        {
            yield return new(
                $"another firewall is active: {string.Join(", ", server.Firewall.Others)}",
                "Keep it with `setup: {firewall: false}` in the configuration (it does not hold back ports that "
                    + "containers publish), or disable it on the server, for example by `ufw disable`."
            );
        }

        if (server.Engine.IsSwarm && SwarmPorts.Except(Open(server, settings)).ToList() is { Count: > 0 } closed)
        {
            yield return new(
                $"it is part of a swarm, and the firewall would keep {string.Join(", ", closed)} from its other nodes",
                $"Open them by `setup: {{open_ports: [{string.Join(", ", closed)}]}}` where another firewall keeps them "
                    + "from the world, or set `setup: {firewall: false}`."
            );
        }

        foreach (var uplink in server.Uplinks.Where(FirewallRules.IsEngines))
        {
            yield return new(
                $"the network interface {uplink} leads to the world and has a name like the engine's own",
                "The firewall cannot tell them apart: rename the interface, or set `setup: {firewall: false}`."
            );
        }
    }

    /// <summary>What a person should know before the rules change.</summary>
    public static IEnumerable<string> Notices(
        ServerFacts server,
        SetupSettings settings,
        IReadOnlyCollection<ServerFacts> fleet
    )
    {
        if (Plan(server, settings, fleet) is not { State: SetupState.Change, Fragment: not null })
        {
            yield break;
        }

        var others = Others(server, settings).Where(f => !f.IsOff).ToList();
        if (others.Count > 0)
        {
            var why = settings.HasFirewall ? "" : ", and there is a firewall for their sake";
            yield return $"other configurations share it: {string.Join(", ", others)}. Their ports stay open{why}; if one is "
                + $"gone from here, delete its file in {FirewallFragment.Folder} on the server and run this again";
        }

        var before = Before(server, settings);
        var now = Open(server, settings).Concat(ToFleets(server, settings));
        if (before is not null && before.Open.Concat(before.Fleet).Except(now).ToList() is { Count: > 0 } closing)
        {
            yield return $"port(s) {string.Join(", ", closing)} will be closed: this configuration opened them before";
        }

        foreach (var bridge in server.Bridges.Except(server.Uplinks).Where(b => !FirewallRules.IsEngines(b)))
        {
            yield return $"what is behind its network interface {bridge} counts as outside: it gets through to open ports only";
        }
    }

    private static SetupStep Removal { get; } =
        new()
        {
            Topic = SetupTopic.Firewall,
            Title = "Remove the firewall",
            Why = "the configuration says `setup: {firewall: false}`",
            State = SetupState.Change,
            Script = FirewallScripts.Remove,
        };

    /// <summary>One configuration that wants it is enough.</summary>
    private static bool IsWanted(ServerFacts server, SetupSettings settings) =>
        settings.HasFirewall || Others(server, settings).Any(f => !f.IsOff);

    private static bool IsAnythingThere(FirewallFacts firewall) =>
        firewall is not { File: "", Unit: "", IsLoaded: false, Fragments.IsEmpty: true };

    private static IEnumerable<FirewallFragment> Others(ServerFacts server, SetupSettings settings) =>
        server.Firewall.Fragments.Where(f => f.Name != settings.Name);

    private static FirewallFragment? Before(ServerFacts server, SetupSettings settings) =>
        server.Firewall.Fragments.FirstOrDefault(f => f.Name == settings.Name);

    private static FirewallFragment Own(
        ServerFacts server,
        SetupSettings settings,
        IReadOnlyCollection<ServerFacts> fleet
    )
    {
        var ports = settings.FleetPorts.GetValueOrDefault(server.Host, []);
        var named = fleet.Select(s => s.Host).Concat(settings.AbsentHosts).Where(h => IPAddress.TryParse(h, out _));
        var known = Before(server, settings)?.From.Where(a => settings.AbsentHosts.Contains(a.Host)) ?? [];
        return new FirewallFragment
        {
            Name = settings.Name,
            IsOff = !settings.HasFirewall,
            Open = Configured(server, settings),
            Fleet = ports,
            From = ports.IsEmpty
                ? []
                :
                [
                    .. fleet
                        .SelectMany(s => s.Addresses.Select(a => new FleetAddress(s.Host, a)))
                        .Concat(named.Select(h => new FleetAddress(h, h)))
                        .Concat(known)
                        .Distinct(),
                ],
        };
    }

    private static ImmutableArray<OpenPort> Configured(ServerFacts server, SetupSettings settings) =>
        settings.OpenPortsByHost.GetValueOrDefault(server.Host, settings.OpenPorts);

    private static IEnumerable<OpenPort> SshPorts(ServerFacts server, SetupSettings settings) =>
        (server.SshPorts.IsEmpty ? [settings.SshPort] : server.SshPorts).Select(p => new OpenPort(p));

    private static bool IsStartedAtBoot(FirewallFacts firewall) =>
        firewall.IsEnabled && firewall.Unit == FirewallRules.Fingerprint(FirewallScripts.Unit);
}
