using Lotse.Testing.Engine;
using Lotse.Testing.Servers;

namespace Lotse.Testing.Tests.Servers;

/// <summary>One fleet of two servers, started when first asked for.</summary>
public sealed class FleetFixture : IAsyncDisposable
{
    private readonly TestEngine engine = new();
    private Task<ServerFleet>? fleet;

    public TestEngine Engine => engine;

    public Task<ServerFleet> StartAsync(CancellationToken cancellation) =>
        fleet ??= ServerFleet.StartAsync(engine, 2, new ServerOptions(), cancellation);

    public ValueTask DisposeAsync() => engine.DisposeAsync();
}
