using Lotse.Proxy.Contract;
using Lotse.Proxy.Switching;
using Lotse.Proxy.Targets;

namespace Lotse.Proxy.Tests.Switching;

/// <summary>The ways between the states of a service, each read as: what is active / probed / staged / previous.</summary>
public sealed class ServiceStateTests : IDisposable
{
    private readonly Dictionary<string, Binding> bindings = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Staging> stagings = new(StringComparer.Ordinal);

    public static TheoryData<string, string> Ways =>
        new()
        {
            { "", "-/-/-/-" },
            { "probe1", "-/1/-/-" },
            { "probe1 healthy1", "-/-/1/-" },
            { "probe1 unhealthy1", "-/-/-/-" },
            { "probe1 abort", "-/-/-/-" },
            { "probe1 healthy1 abort", "-/-/-/-" },
            { "probe1 healthy1 switch", "1/-/-/-" },
            { "probe1 healthy1 switch revert", "-/-/-/-" },
            { "probe1 healthy1 switch drain", "1/-/-/-" },
            { "probe1 healthy1 switch probe2", "1/2/-/-" },
            { "probe1 healthy1 switch probe2 unhealthy2", "1/-/-/-" },
            { "probe1 healthy1 switch probe2 healthy2", "1/-/2/-" },
            { "probe1 healthy1 switch probe2 healthy2 abort", "1/-/-/-" },
            { "probe1 healthy1 switch probe2 healthy2 switch", "2/-/-/1" },
            { "probe1 healthy1 switch probe2 healthy2 switch revert", "1/-/-/-" },
            { "probe1 healthy1 switch probe2 healthy2 switch drain", "2/-/-/-" },
            { "probe1 healthy1 switch probe2 healthy2 switch probe3 healthy3", "2/-/3/1" },
            { "probe1 healthy1 switch probe2 healthy2 switch probe3 healthy3 revert", "1/-/3/-" },
            { "probe1 healthy1 switch probe2 healthy2 switch probe3 healthy3 switch", "3/-/-/2" },
            // Staging anew gives up what was staged, whether or not the new one becomes healthy.
            { "probe1 healthy1 probe2", "-/2/-/-" },
            { "probe1 probe2", "-/2/-/-" },
            { "probe1 healthy1 probe2 unhealthy2", "-/-/-/-" },
        };

    public static TheoryData<string, string> NoWays =>
        new()
        {
            { "", "switch" },
            { "probe1", "switch" },
            { "probe1 abort", "healthy1" },
            { "probe1 probe2", "healthy1" },
            { "probe1 probe2", "unhealthy1" },
            { "probe1 healthy1 abort", "switch" },
            { "probe1 healthy1 switch", "switch" },
            { "", "revert" },
            { "probe1 healthy1", "revert" },
            // A drain settles a switch: to revert after it would take the service down.
            { "probe1 healthy1 switch drain", "revert" },
            { "probe1 healthy1 switch probe2 healthy2 switch drain", "revert" },
            { "probe1 healthy1 switch probe2 healthy2 switch revert", "revert" },
        };

    [Theory]
    [MemberData(nameof(Ways))]
    public void A_service_goes_from_state_to_state(string steps, string state) =>
        Assert.Equal(state, Text(After(steps)!));

    [Theory]
    [MemberData(nameof(NoWays))]
    public void What_has_no_place_in_a_state_changes_nothing(string steps, string step)
    {
        var state = After(steps)!;

        Assert.Null(Step(state, step));
    }

    [Fact]
    public void A_service_without_targets_is_none()
    {
        Assert.True(After("probe1 healthy1 switch revert")!.IsEmpty);
        Assert.False(After("probe1")!.IsEmpty);
        Assert.False(After("probe1 healthy1")!.IsEmpty);
    }

    [Fact]
    public void A_host_stays_claimed_while_the_traffic_may_go_back_to_it()
    {
        var state = After("probe1 healthy1 switch probe2 healthy2 switch probe3")!;

        Assert.Equal(["1", "2", "3"], state.Claims.Select(c => c.Hosts.Single()).Order());
    }

    public void Dispose()
    {
        foreach (var binding in bindings.Values)
        {
            binding.Target.Dispose();
        }

        foreach (var staging in stagings.Values)
        {
            staging.Dispose();
        }
    }

    private ServiceState? After(string steps) =>
        steps
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Aggregate((ServiceState?)new ServiceState("web"), (state, step) => Step(state!, step));

    private ServiceState? Step(ServiceState state, string step) =>
        step switch
        {
            "switch" => state.Switch(),
            "revert" => state.Revert(),
            "abort" => state.Abort(null),
            "drain" => state.Drained(),
            _ when step.StartsWith("probe", StringComparison.Ordinal) => state.Probe(Staging(step[^1..])),
            _ when step.StartsWith("healthy", StringComparison.Ordinal) => state.Stage(
                Staging(step[^1..]),
                Binding(step[^1..])
            ),
            _ => state.GiveUp(Staging(step[^1..])),
        };

    private Binding Binding(string name)
    {
        if (!bindings.TryGetValue(name, out var binding))
        {
            binding = new Binding(new Target(name, default), new ServiceOptions { Hosts = [name] });
            bindings.Add(name, binding);
        }

        return binding;
    }

    private Staging Staging(string name)
    {
        if (!stagings.TryGetValue(name, out var staging))
        {
            staging = new Staging(name, new ServiceOptions { Hosts = [name] }, default, CancellationToken.None);
            stagings.Add(name, staging);
        }

        return staging;
    }

    private static string Text(ServiceState state) =>
        string.Join(
            '/',
            state.Active?.Target.Address ?? "-",
            state.Probing?.Address ?? "-",
            state.Staged?.Target.Address ?? "-",
            state.Previous?.Target.Address ?? "-"
        );
}
