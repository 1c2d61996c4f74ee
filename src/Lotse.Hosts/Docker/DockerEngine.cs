using System.Collections.Immutable;
using Docker.DotNet;
using Docker.DotNet.Models;
using Lotse.Execution.Ports;
using ContainerSpec = Lotse.Planning.Containers.ContainerSpec;
using ContainerStatus = Lotse.Execution.Ports.ContainerStatus;

namespace Lotse.Hosts.Docker;

/// <summary>A container engine that speaks the Docker Engine API: <see href="https://docs.docker.com/reference/api/engine/"/>.</summary>
/// <param name="host">The host's name, for messages.</param>
/// <param name="client">The client of its engine.</param>
/// <param name="exec">Runs a command in a container where the API's own way cannot be used; null for that way.</param>
/// <param name="following">The client for requests that go on for as long as somebody wants them, where those are kept apart; null for the same one.</param>
/// <param name="dial">Opens a connection to the engine that is no client's; null for one to the client's address.</param>
/// <param name="time">The clock; null for the system's.</param>
public sealed partial class DockerEngine(
    string host,
    IDockerClient client,
    Func<string, IEnumerable<string>, CancellationToken, Task<CommandResult>>? exec = null,
    IDockerClient? following = null,
    Func<CancellationToken, Task<Stream>>? dial = null,
    TimeProvider? time = null
) : IContainerEngine
{
    private readonly EventStream events = new(client, time ?? TimeProvider.System);

    /// <inheritdoc/>
    public Task<EngineInfo> GetInfoAsync(CancellationToken cancellation) =>
        AskAsync(
            "ask the engine for its version",
            async () =>
            {
                var info = await client.System.GetSystemInfoAsync(cancellation);
                return new EngineInfo(
                    info.ServerVersion,
                    info.DockerRootDir,
                    ImageNames.Architecture(info.Architecture)
                );
            }
        );

    /// <inheritdoc/>
    public Task<ImmutableArray<LabelledContainer>> ListContainersAsync(
        IReadOnlyDictionary<string, string?> labels,
        CancellationToken cancellation
    ) =>
        AskAsync(
            "list containers",
            async () =>
            {
                var filter = labels.ToDictionary(l => l.Value is null ? l.Key : $"{l.Key}={l.Value}", _ => true);
                var parameters = new ContainersListParameters
                {
                    All = true,
                    Filters = new Dictionary<string, IDictionary<string, bool>> { ["label"] = filter },
                };
                var containers = await client.Containers.ListContainersAsync(parameters, cancellation);
                return containers.Select(ContainerConverter.ToLabelled).ToImmutableArray();
            }
        );

    /// <inheritdoc/>
    public Task<ContainerStatus?> InspectAsync(string container, CancellationToken cancellation) =>
        AskAsync(
            $"inspect container {container}",
            async () =>
            {
                try
                {
                    var answer = await client.Containers.InspectContainerAsync(container, cancellation);
                    return ContainerConverter.ToStatus(answer);
                }
                catch (DockerContainerNotFoundException)
                {
                    return null;
                }
            }
        );

    /// <inheritdoc/>
    public Task<string> CreateAsync(ContainerSpec spec, CancellationToken cancellation) =>
        AskAsync(
            $"create container {spec.Name}",
            async () =>
            {
                var request = ContainerConverter.ToRequest(spec);
                return (await client.Containers.CreateContainerAsync(request, cancellation)).ID;
            }
        );

    /// <inheritdoc/>
    public Task StartAsync(string container, CancellationToken cancellation) =>
        AskAsync(
            $"start container {container}",
            () => client.Containers.StartContainerAsync(container, new ContainerStartParameters(), cancellation)
        );

    /// <inheritdoc/>
    public Task StopAsync(string container, TimeSpan grace, CancellationToken cancellation) =>
        AskAsync(
            $"stop container {container}",
            () =>
                UnlessGoneAsync(() =>
                {
                    var seconds = (uint)Math.Ceiling(grace.TotalSeconds);
                    var parameters = new ContainerStopParameters { WaitBeforeKillSeconds = seconds };
                    return client.Containers.StopContainerAsync(container, parameters, cancellation);
                })
        );

    /// <inheritdoc/>
    public Task RemoveAsync(string container, CancellationToken cancellation) =>
        RemoveAsync(container, withVolumes: true, cancellation);

    /// <inheritdoc/>
    public Task RemoveKeepingVolumesAsync(string container, CancellationToken cancellation) =>
        RemoveAsync(container, withVolumes: false, cancellation);

    private Task<bool> RemoveAsync(string container, bool withVolumes, CancellationToken cancellation) =>
        AskAsync(
            $"remove container {container}",
            () =>
                UnlessGoneAsync(async () =>
                {
                    var parameters = new ContainerRemoveParameters { Force = true, RemoveVolumes = withVolumes };
                    await client.Containers.RemoveContainerAsync(container, parameters, cancellation);
                    return true;
                })
        );

    /// <inheritdoc/>
    public Task RenameAsync(string container, string name, CancellationToken cancellation) =>
        AskAsync(
            $"rename container {container} to {name}",
            async () =>
            {
                var parameters = new ContainerRenameParameters { NewName = name };
                await client.Containers.RenameContainerAsync(container, parameters, cancellation);
                return true;
            }
        );

    /// <inheritdoc/>
    public Task EnsureNetworkAsync(string network, CancellationToken cancellation) =>
        AskAsync(
            $"create network {network}",
            async () =>
            {
                if (!await HasNetworkAsync(network, cancellation))
                {
                    // Engines allow two networks of one name unless asked to check: two deployers may get here at once.
                    var parameters = new NetworksCreateParameters { Name = network, CheckDuplicate = true };
                    await client.Networks.CreateNetworkAsync(parameters, cancellation);
                }

                return true;
            }
        );

    /// <inheritdoc/>
    public Task<bool> HasNetworkAsync(string network, CancellationToken cancellation) =>
        AskAsync(
            "list networks",
            async () =>
            {
                var filters = new Dictionary<string, IDictionary<string, bool>>
                {
                    ["name"] = new Dictionary<string, bool> { [$"^{network}$"] = true },
                };
                var parameters = new NetworksListParameters { Filters = filters };
                return (await client.Networks.ListNetworksAsync(parameters, cancellation)).Any(n => n.Name == network);
            }
        );

    /// <inheritdoc/>
    public Task<bool> HasVolumeAsync(string volume, CancellationToken cancellation) =>
        AskAsync(
            $"look for volume {volume}",
            () =>
                UnlessGoneAsync(async () =>
                {
                    await client.Volumes.InspectAsync(volume, cancellation);
                    return true;
                })
        );

    /// <inheritdoc/>
    public Task RemoveVolumeAsync(string volume, CancellationToken cancellation) =>
        AskAsync(
            $"remove volume {volume}",
            () =>
                UnlessGoneAsync(async () =>
                {
                    await client.Volumes.RemoveAsync(volume, force: true, cancellation);
                    return true;
                })
        );

    /// <inheritdoc/>
    public Task<bool> RemoveNetworkAsync(string network, CancellationToken cancellation) =>
        AskAsync(
            $"remove network {network}",
            () =>
                UnlessGoneAsync(async () =>
                {
                    try
                    {
                        await client.Networks.DeleteNetworkAsync(network, cancellation);
                        return true;
                    }
                    catch (DockerApiException used) when (used.StatusCode == System.Net.HttpStatusCode.Forbidden)
                    {
                        return false;
                    }
                })
        );

    private Task<T> AskAsync<T>(string action, Func<Task<T>> ask) => EngineErrors.TranslateAsync(host, action, ask);

    private static async Task<bool> UnlessGoneAsync(Func<Task<bool>> ask)
    {
        try
        {
            return await ask();
        }
        catch (DockerApiException gone) when (gone.StatusCode == System.Net.HttpStatusCode.NotFound)
        {
            return false;
        }
    }
}
