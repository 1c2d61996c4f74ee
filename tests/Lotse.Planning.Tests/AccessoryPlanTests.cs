using Lotse.Planning.Observed;

namespace Lotse.Planning.Tests;

/// <summary>What a deploy does about accessories.</summary>
public sealed class AccessoryPlanTests
{
    [Fact]
    public void An_accessory_that_stopped_is_started_and_one_that_drifted_is_only_reported()
    {
        Expect(
            new Scenario()
                .Database()
                .Proxy()
                .Served("1", 1, ContainerState.Running, isActive: true)
                .Accessory(ContainerState.Exited)
                .Plan("1"),
            """
            prepare
              [local] start accessory db from postgres:17
            """
        );
        Expect(
            new Scenario()
                .Database()
                .Proxy()
                .Served("1", 1, ContainerState.Running, isActive: true)
                .Accessory(ContainerState.Running, fingerprint: "older")
                .Plan("1"),
            "note: [local] accessory db runs with an older configuration (postgres:17); a deploy does not replace it: `./build.sh AccessoryReboot --accessory db`"
        );
    }

    /// <summary>The image is no part of the fingerprint: another version of the data store alone is a drift as well.</summary>
    [Fact]
    public void An_accessory_that_runs_from_another_image_is_reported() =>
        Expect(
            new Scenario()
                .Database()
                .Proxy()
                .Served("1", 1, ContainerState.Running, isActive: true)
                .Accessory(ContainerState.Running, image: "postgres:16")
                .Plan("1"),
            "note: [local] accessory db runs with an older configuration (postgres:16); a deploy does not replace it: `./build.sh AccessoryReboot --accessory db`"
        );

    [Fact]
    public void An_accessory_that_is_no_longer_configured_is_named_and_left() =>
        Expect(
            new Scenario()
                .Proxy()
                .Served("1", 1, ContainerState.Running, isActive: true)
                .Accessory(ContainerState.Running, name: "cache")
                .Plan("1"),
            "note: [local] accessory cache is not configured there any more, and its container app-cache still runs; a deploy does not remove it: `./build.sh AccessoryRemove --accessory cache --on-host local`"
        );

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_accessory_that_was_being_replaced_is_put_right(bool hasNew)
    {
        var scenario = new Scenario().Database().Proxy().Served("1", 1, ContainerState.Running, isActive: true);
        scenario.Accessory(ContainerState.Exited, suffix: "_replaced");
        Expect(
            (hasNew ? scenario.Accessory(ContainerState.Running) : scenario).Plan("1"),
            """
            prepare
              [local] put accessory db right, whose replacement was interrupted
            """
        );
    }

    private static void Expect(Plan plan, string text) => Assert.Equal(text, plan.Describe());
}
