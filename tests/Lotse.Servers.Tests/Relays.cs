using System.Collections.Immutable;
using System.Net;
using Lotse.EndToEnd.Host;
using Lotse.Testing.Servers;

namespace Lotse.Servers.Tests;

/// <summary>Relays in front of a world's servers, equally far: one port, and for each server an address of this machine's own.</summary>
internal sealed class Relays : IAsyncDisposable
{
    private readonly List<DelayingRelay> relays = [];

    public Relays(FleetWorld world, TimeSpan oneWay)
    {
        var lines = new List<string>();
        foreach (var (index, server) in world.Servers.Index())
        {
            var address = new IPAddress([127, 0, 0, (byte)(index + 1)]);
            var port = relays.Count == 0 ? 0 : Port;
            relays.Add(
                DelayingRelay.Start(
                    new IPEndPoint(address, port),
                    server.Address,
                    NestedServer.SshPort,
                    oneWay,
                    TimeProvider.System
                )
            );
            lines.AddRange(server.HostKeys.Select(key => key.KnownHostsLine($"[{address}]:{Port}")));
            Addresses = Addresses.Add($"{address}");
        }

        File.AppendAllLines(Path.Combine(world.Spec.ProjectFolder, "config", "known_hosts"), lines);
    }

    /// <summary>The servers' addresses, nearest first as in the world.</summary>
    public ImmutableArray<string> Addresses { get; private set; } = [];

    /// <summary>The port of all of them.</summary>
    public int Port => relays[0].Port;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await Task.WhenAll(relays.Select(r => r.DisposeAsync().AsTask()));
}
