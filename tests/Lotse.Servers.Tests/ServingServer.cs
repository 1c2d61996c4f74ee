namespace Lotse.Servers.Tests;

/// <summary>One server that serves v1, made once for all tests of a class: none of them changes what it serves.</summary>
public sealed class ServingServer(SharedServers shared) : IAsyncLifetime
{
    private FleetWorld? world;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>The world, with v1 deployed by the first who asks.</summary>
    public async Task<FleetWorld> GetAsync(CancellationToken cancellation)
    {
        if (world is null)
        {
            world = await shared.CreateAsync(1, cancellation);
            await world.DeployAsync("v1");
        }

        return world;
    }

    public async ValueTask DisposeAsync()
    {
        if (world is not null)
        {
            await world.DisposeAsync();
        }
    }
}
