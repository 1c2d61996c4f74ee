using Lotse.EndToEnd.Host;
using Lotse.Testing.Servers;

namespace Lotse.Servers.Tests;

/// <summary>The way on which an image comes to a server.</summary>
public enum Route
{
    /// <summary>Sent into the engine as an archive.</summary>
    Archive,

    /// <summary>Pulled by the engine, through the reverse tunnel.</summary>
    Tunnel,
}

/// <summary>Which way is taken, and which was.</summary>
internal static class Routes
{
    /// <summary>Lets the next deploys take a way; by itself a change as small as the tests' goes as an archive.</summary>
    public static Task TakeAsync(FleetWorld world, Route route, Func<WorldSpec, WorldSpec>? change = null) =>
        world.BeginAnewAsync(spec =>
            (change?.Invoke(spec) ?? spec) with
            {
                MostOfChange = route == Route.Tunnel ? 0 : spec.MostOfChange,
            }
        );

    /// <summary>Fails unless a server's engine says that the last image that it got came this way.</summary>
    public static async Task AssertTakenAsync(NestedServer server, Route route)
    {
        var events = await server.ExecAsync(
            "docker events --since 0 --until $(date +%s.%N) --filter type=image --filter event=load --filter event=pull "
                + "--format '{{.Action}} {{.Actor.ID}} {{.Actor.Attributes.name}}'",
            TestContext.Current.CancellationToken
        );
        TestContext.Current.TestOutputHelper?.WriteLine(events);
        var last = events.Split('\n')[^1];
        Assert.StartsWith(route == Route.Archive ? "load " : "pull 127.0.0.1:", last, StringComparison.Ordinal);
    }
}
