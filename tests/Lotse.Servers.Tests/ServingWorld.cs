namespace Lotse.Servers.Tests;

/// <summary>Servers that serve v1, made once for all tests of a class.</summary>
/// <param name="shared">Lends them.</param>
/// <param name="servers">How many.</param>
public abstract class ServingWorld(SharedServers shared, int servers) : IAsyncLifetime
{
    private FleetWorld? world;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>The world, with v1 deployed by the first who asks.</summary>
    public async Task<FleetWorld> GetAsync(CancellationToken cancellation)
    {
        if (world is null)
        {
            world = await shared.CreateAsync(servers, cancellation);
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

        GC.SuppressFinalize(this);
    }
}
