using System.Net;
using Docker.DotNet;
using Docker.DotNet.Models;
using Lotse.Testing.Engine;

namespace Lotse.Testing.Servers;

/// <summary>
/// A network of a fleet's own. Its range is chosen here, because servers keep their addresses only in such a one; it lies
/// in 198.18.0.0/15, which RFC 2544 sets aside for tests.
/// </summary>
internal sealed record ServerNetwork(string Name, string Prefix)
{
    private const int Ranges = 512;

    public static async Task<ServerNetwork> CreateAsync(TestEngine engine, CancellationToken cancellationToken)
    {
        // Test programs that run at once begin at different ranges.
        var first = Environment.ProcessId * 16;
        for (var tried = 0; tried < Ranges; tried++)
        {
            var range = (first + tried) % Ranges;
            var network = new ServerNetwork(engine.Name("net"), $"198.{18 + range / 256}.{range % 256}");
            if (await network.TryCreateAsync(engine, cancellationToken))
            {
                return network;
            }
        }

        throw new ServerUnavailableException("Each range of 198.18.0.0/15 is taken by a network of the engine.");
    }

    /// <summary>The address of a server, counted from 0; the first host address is this machine's.</summary>
    public string Address(int server) => $"{Prefix}.{server + 2}";

    private async Task<bool> TryCreateAsync(TestEngine engine, CancellationToken cancellationToken)
    {
        var parameters = new NetworksCreateParameters
        {
            Name = Name,
            Labels = engine.Labels,
            IPAM = new IPAM { Config = [new IPAMConfig { Subnet = $"{Prefix}.0/24" }] },
        };
        try
        {
            await engine.Client.Networks.CreateNetworkAsync(parameters, cancellationToken);
            return true;
        }
        catch (DockerApiException exception) when (exception.StatusCode == HttpStatusCode.Forbidden)
        {
            // The range overlaps with another network's.
            return false;
        }
    }
}
