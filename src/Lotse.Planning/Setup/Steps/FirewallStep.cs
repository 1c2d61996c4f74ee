using System.Collections.Immutable;

namespace Lotse.Planning.Setup.Steps;

/// <summary>The firewall.</summary>
internal static class FirewallStep
{
    public static SetupStep? Plan(ServerFacts server, SetupSettings settings, IEnumerable<ServerFacts> fleet)
    {
        if (!settings.HasFirewall)
        {
            return null;
        }

        var open = Open(server, settings);
        var fleetPorts = settings.FleetPorts.GetValueOrDefault(server.Host, []);
        var rules = FirewallRules.Of(open, fleetPorts, fleet.SelectMany(s => s.Addresses.Append(s.Host)));
        var isThere =
            server.Firewall.File == FirewallRules.Fingerprint(rules)
            && server.Firewall.IsLoaded
            && (!server.HasSystemd || IsStartedAtBoot(server.Firewall));
        var forFleet = fleetPorts.Length > 0 ? $", and {string.Join(", ", fleetPorts)} to the fleet" : "";
        return new SetupStep
        {
            Topic = SetupTopic.Firewall,
            Title = $"Close all ports but {string.Join(", ", open)}{forFleet}, those that containers publish included",
            Why = "the engine's published ports bypass ordinary firewalls",
            State = isThere ? SetupState.InPlace : SetupState.Change,
            Script = isThere ? "" : rules,
        };
    }

    /// <summary>SSH's ports, the one of this very connection among them, and those that the settings open.</summary>
    public static ImmutableArray<OpenPort> Open(ServerFacts server, SetupSettings settings) =>
        settings.HasFirewall
            ?
            [
                .. SshPorts(server, settings)
                    .Select(p => new OpenPort(p))
                    .Concat(Configured(server, settings))
                    .Distinct(),
            ]
            : [];

    /// <summary>What stands in the way.</summary>
    public static IEnumerable<SetupProblem> Problems(ServerFacts server, SetupSettings settings)
    {
        if (!settings.HasFirewall)
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

        foreach (var uplink in server.Uplinks.Where(FirewallRules.IsEngines))
        {
            yield return new(
                $"the network interface {uplink} leads to the world and has a name like the engine's own",
                "The firewall cannot tell them apart: rename the interface, or set `setup: {firewall: false}`."
            );
        }
    }

    private static ImmutableArray<OpenPort> Configured(ServerFacts server, SetupSettings settings) =>
        settings.OpenPortsByHost.GetValueOrDefault(server.Host, settings.OpenPorts);

    private static ImmutableSortedSet<int> SshPorts(ServerFacts server, SetupSettings settings) =>
        server.SshPorts.IsEmpty ? [settings.SshPort] : server.SshPorts;

    private static bool IsStartedAtBoot(FirewallFacts firewall) =>
        firewall.IsEnabled && firewall.Unit == FirewallRules.Fingerprint(FirewallScripts.Unit);
}
