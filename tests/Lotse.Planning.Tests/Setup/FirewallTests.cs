using System.Collections.Immutable;
using Lotse.Planning.Setup;

namespace Lotse.Planning.Tests.Setup;

/// <summary>What the firewall lets in: what every configuration of the server needs.</summary>
public sealed class FirewallTests
{
    /// <summary>Another service on the same server, with a database for servers of its own.</summary>
    private static readonly FirewallFragment Shop = new()
    {
        Name = "shop-staging",
        Open = [new(80), new(8443)],
        Fleet = [new(5432)],
        From = [new("192.0.2.77", "192.0.2.77")],
    };

    private static readonly SetupSettings Workers = Server.Settings with { Name = "jobs", OpenPorts = [] };

    [Fact]
    public void The_firewall_lets_in_what_is_configured_and_the_fleet_where_it_must()
    {
        var settings = Server.Settings with
        {
            OpenPorts = [new(80), new(443), new(51820, IsUdp: true)],
            FleetPorts = ImmutableDictionary<string, ImmutableArray<OpenPort>>.Empty.Add("192.0.2.10", [new(5432)]),
        };
        ServerFacts[] fleet =
        [
            Server.Bare with
            {
                SshPorts = [2222],
            },
            Server.Bare with
            {
                Host = "web.example.com",
                Addresses = ["10.0.0.7", "2001:db8::7"],
            },
        ];
        var plans = SetupPlanner.Plan(fleet, settings);
        var rules = Server.Step(plans[0], SetupTopic.Firewall).Script;
        Assert.Contains("tcp dport { 80, 443, 2222 } accept\n", rules, StringComparison.Ordinal);
        Assert.Contains("udp dport { 51820 } accept\n", rules, StringComparison.Ordinal);
        Assert.Contains(
            "ip saddr { 10.0.0.7, 192.0.2.10 } tcp dport { 5432 } accept\n",
            rules,
            StringComparison.Ordinal
        );
        Assert.Contains("ip6 saddr { 2001:db8::7 } tcp dport { 5432 } accept\n", rules, StringComparison.Ordinal);
        Assert.DoesNotContain("5432", Server.Step(plans[1], SetupTopic.Firewall).Script, StringComparison.Ordinal);
        Assert.Contains(
            "5432 to the fleet",
            Server.Step(plans[0], SetupTopic.Firewall).Title,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Another_configurations_ports_stay_open_to_whom_they_were()
    {
        var plan = Server.Plan(With([Shop]), Workers);
        var step = Server.Step(plan, SetupTopic.Firewall);
        Assert.Equal(SetupState.Change, step.State);
        Assert.Contains("tcp dport { 22, 80, 8443 } accept\n", step.Script, StringComparison.Ordinal);
        Assert.Contains("ip saddr { 192.0.2.77 } tcp dport { 5432 } accept\n", step.Script, StringComparison.Ordinal);
        Assert.Equal([new(22), new(80), new(8443)], plan.OpenPorts);
        Assert.Equal([new(5432)], plan.FleetPorts);
        Assert.Contains("shop-staging (80, 8443, 5432 to its fleet)", Assert.Single(plan.Notices));
        Assert.Equal("jobs", step.Fragment!.Name);
        Assert.Empty(step.Fragment.Open);
    }

    [Fact]
    public void Configurations_in_turn_find_nothing_to_do()
    {
        var server = With([Shop]);
        foreach (var settings in new[] { Workers, Server.Settings with { Name = "site", OpenPorts = [new(8080)] } })
        {
            server = After(server, Server.Step(Server.Plan(server, settings), SetupTopic.Firewall));
        }

        // The first one has not written the rules that are there, and they are its own all the same.
        Assert.Equal(3, server.Firewall.Fragments.Length);
        Assert.Empty(Server.Changes(Server.Plan(server, Workers)));
    }

    [Fact]
    public void A_port_that_the_configuration_gave_up_is_closed_and_told()
    {
        var before = Shop with { Name = "jobs", Open = [new(80), new(9000)] };
        var plan = Server.Plan(With([before, Shop]), Workers);
        Assert.Contains(plan.Notices, n => n.StartsWith("port(s) 9000 will be closed", StringComparison.Ordinal));
        Assert.DoesNotContain("9000", Server.Step(plan, SetupTopic.Firewall).Script, StringComparison.Ordinal);
    }

    [Fact]
    public void A_firewall_that_nobody_wants_any_more_is_removed()
    {
        var off = Server.Settings with { HasFirewall = false };
        var step = Server.Step(Server.Plan(Server.Ready, off), SetupTopic.Firewall);
        Assert.Equal((SetupState.Change, null), (step.State, step.Fragment));
        Assert.Contains("nft delete table inet lotse", step.Script, StringComparison.Ordinal);

        var removed = Server.Ready with { Firewall = new FirewallFacts() };
        Assert.Empty(Server.Plan(removed, off).Changes);
    }

    [Fact]
    public void A_firewall_that_another_configuration_wants_stays_and_closes_nothing()
    {
        var off = Server.Settings with { HasFirewall = false };
        var plan = Server.Plan(With([Shop]), off);
        var step = Server.Step(plan, SetupTopic.Firewall);
        Assert.Contains("tcp dport { 22, 80, 443, 8443 } accept\n", step.Script, StringComparison.Ordinal);
        Assert.True(step.Fragment!.IsOff);
        Assert.Contains("there is a firewall for their sake", Assert.Single(plan.Notices), StringComparison.Ordinal);

        // When that one wants none either, it goes.
        var both = Server.Plan(After(With([Shop]), step), off with { Name = Shop.Name });
        Assert.Null(Server.Step(both, SetupTopic.Firewall).Fragment);
    }

    [Fact]
    public void Addresses_of_servers_that_are_left_out_are_kept()
    {
        var settings = Server.Settings with
        {
            FleetPorts = ImmutableDictionary<string, ImmutableArray<OpenPort>>.Empty.Add("192.0.2.10", [new(5432)]),
            AbsentHosts = ["web.example.com", "192.0.2.12"],
        };
        var before = new FirewallFragment
        {
            Name = settings.Name,
            Fleet = [new(5432)],
            From = [new("web.example.com", "192.0.2.11"), new("gone.example.com", "192.0.2.13")],
        };
        var rules = Server.Step(Server.Plan(With([before]), settings), SetupTopic.Firewall).Script;
        Assert.Contains("ip saddr { 192.0.2.10, 192.0.2.11, 192.0.2.12 } tcp", rules, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bridge_that_is_not_the_engines_is_told()
    {
        var server = With([]) with { Bridges = ["docker0", "br-0123456789ab", "virbr0", "br0"], Uplinks = ["br0"] };
        Assert.Contains("interface virbr0 counts as outside", Assert.Single(Server.Plan(server).Notices));
    }

    [Fact]
    public void A_fragment_is_read_as_it_was_written()
    {
        var all = Shop with
        {
            IsOff = true,
            Open = [new(51820, IsUdp: true), new(80)],
            From = [new("web.example.com", "2001:db8::7"), new("192.0.2.77", "192.0.2.77")],
        };
        var lines = all.Text.Split('\n').Where(l => !l.StartsWith('#'));
        Assert.Equal(all.Text, FirewallFragment.Parse(all.Name, lines).Text);
        var strange = FirewallFragment.Parse("x", ["open 80; drop", "open 70000", "from nowhere host", "open 81"]);
        Assert.Equal("x (81)", strange.ToString());
        Assert.Empty(strange.From);
    }

    /// <summary>A server whose rules are others than any that are planned here.</summary>
    private static ServerFacts With(ImmutableArray<FirewallFragment> fragments) =>
        Server.Ready with
        {
            Firewall = Server.Ready.Firewall with { File = "other", Fragments = fragments },
        };

    private static ServerFacts After(ServerFacts server, SetupStep step) =>
        server with
        {
            Firewall = server.Firewall with
            {
                File = FirewallRules.Fingerprint(step.Script),
                Fragments = [.. server.Firewall.Fragments.Where(f => f.Name != step.Fragment!.Name), step.Fragment!],
            },
        };
}
