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
    Func<ContainerCommand, CancellationToken, Task<CommandResult>>? exec = null,
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
            EngineLimits.Answer,
            async token =>
            {
                var info = await client.System.GetSystemInfoAsync(token);
                return new EngineInfo(
                    info.ServerVersion,
                    info.DockerRootDir,
                    ImageNames.Architecture(info.Architecture)
                );
            },
            cancellation
        );

    /// <inheritdoc/>
    public Task<ImmutableArray<LabelledContainer>> ListContainersAsync(
        IReadOnlyDictionary<string, string?> labels,
        CancellationToken cancellation
    ) =>
        AskAsync(
            "list containers",
            EngineLimits.Answer,
            async token =>
            {
                var filter = labels.ToDictionary(l => l.Value is null ? l.Key : $"{l.Key}={l.Value}", _ => true);
                var parameters = new ContainersListParameters
                {
                    All = true,
                    Filters = new Dictionary<string, IDictionary<string, bool>> { ["label"] = filter },
                };
                var containers = await client.Containers.ListContainersAsync(parameters, token);
                return containers.Select(ContainerConverter.ToLabelled).ToImmutableArray();
            },
            cancellation
        );

    /// <inheritdoc/>
    public Task<ContainerStatus?> InspectAsync(string container, CancellationToken cancellation) =>
        AskAsync(
            $"inspect container {container}",
            EngineLimits.Answer,
            async token =>
            {
                try
                {
                    var answer = await client.Containers.InspectContainerAsync(container, token);
                    return ContainerConverter.ToStatus(answer);
                }
                catch (DockerContainerNotFoundException)
                {
                    return null;
                }
            },
            cancellation
        );

    /// <inheritdoc/>
    public Task<string> CreateAsync(ContainerSpec spec, CancellationToken cancellation) =>
        AskAsync(
            $"create container {spec.Name}",
            EngineLimits.Change,
            async token =>
            {
                var request = ContainerConverter.ToRequest(spec);
                return (await client.Containers.CreateContainerAsync(request, token)).ID;
            },
            cancellation
        );

    /// <inheritdoc/>
    public Task StartAsync(string container, CancellationToken cancellation) =>
        AskAsync(
            $"start container {container}",
            EngineLimits.Change,
            token => client.Containers.StartContainerAsync(container, new ContainerStartParameters(), token),
            cancellation
        );

    /// <inheritdoc/>
    public Task StopAsync(string container, TimeSpan grace, CancellationToken cancellation) =>
        AskAsync(
            $"stop container {container}",
            grace + EngineLimits.Answer,
            token =>
                UnlessGoneAsync(() =>
                {
                    var seconds = (uint)Math.Ceiling(grace.TotalSeconds);
                    var parameters = new ContainerStopParameters { WaitBeforeKillSeconds = seconds };
                    return client.Containers.StopContainerAsync(container, parameters, token);
                }),
            cancellation
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
            EngineLimits.DiskWork,
            token =>
                UnlessGoneAsync(async () =>
                {
                    var parameters = new ContainerRemoveParameters { Force = true, RemoveVolumes = withVolumes };
                    await client.Containers.RemoveContainerAsync(container, parameters, token);
                    return true;
                }),
            cancellation
        );

    /// <inheritdoc/>
    public Task RenameAsync(string container, string name, CancellationToken cancellation) =>
        AskAsync(
            $"rename container {container} to {name}",
            EngineLimits.Change,
            async token =>
            {
                var parameters = new ContainerRenameParameters { NewName = name };
                await client.Containers.RenameContainerAsync(container, parameters, token);
                return true;
            },
            cancellation
        );

    /// <inheritdoc/>
    public Task EnsureNetworkAsync(string network, CancellationToken cancellation) =>
        AskAsync(
            $"create network {network}",
            EngineLimits.Change,
            async token =>
            {
                if (!await HasNetworkAsync(network, token))
                {
                    // Engines allow two networks of one name unless asked to check: two deployers may get here at once.
                    var parameters = new NetworksCreateParameters { Name = network, CheckDuplicate = true };
                    await client.Networks.CreateNetworkAsync(parameters, token);
                }

                return true;
            },
            cancellation
        );

    /// <inheritdoc/>
    public Task<bool> HasNetworkAsync(string network, CancellationToken cancellation) =>
        AskAsync(
            "list networks",
            EngineLimits.Answer,
            async token =>
            {
                var filters = new Dictionary<string, IDictionary<string, bool>>
                {
                    ["name"] = new Dictionary<string, bool> { [$"^{network}$"] = true },
                };
                var parameters = new NetworksListParameters { Filters = filters };
                return (await client.Networks.ListNetworksAsync(parameters, token)).Any(n => n.Name == network);
            },
            cancellation
        );

    /// <inheritdoc/>
    public Task<bool> HasVolumeAsync(string volume, CancellationToken cancellation) =>
        AskAsync(
            $"look for volume {volume}",
            EngineLimits.Answer,
            token =>
                UnlessGoneAsync(async () =>
                {
                    await client.Volumes.InspectAsync(volume, token);
                    return true;
                }),
            cancellation
        );

    /// <inheritdoc/>
    public Task RemoveVolumeAsync(string volume, CancellationToken cancellation) =>
        AskAsync(
            $"remove volume {volume}",
            EngineLimits.DiskWork,
            token =>
                UnlessGoneAsync(async () =>
                {
                    await client.Volumes.RemoveAsync(volume, force: true, token);
                    return true;
                }),
            cancellation
        );

    /// <inheritdoc/>
    public Task<bool> RemoveNetworkAsync(string network, CancellationToken cancellation) =>
        AskAsync(
            $"remove network {network}",
            EngineLimits.Change,
            token =>
                UnlessGoneAsync(async () =>
                {
                    try
                    {
                        await client.Networks.DeleteNetworkAsync(network, token);
                        return true;
                    }
                    catch (DockerApiException used) when (used.StatusCode == System.Net.HttpStatusCode.Forbidden)
                    {
                        return false;
                    }
                }),
            cancellation
        );

    /// <summary>Asks; what goes wrong is told in our words, and an answer that does not come in time is a failure too.</summary>
    private Task<T> AskAsync<T>(
        string action,
        TimeSpan limit,
        Func<CancellationToken, Task<T>> ask,
        CancellationToken cancellation
    ) => AskAsync(action, limit, (_, token) => ask(token), cancellation);

    /// <summary>The same, where the time begins anew each time that something is heard.</summary>
    private async Task<T> AskAsync<T>(
        string action,
        TimeSpan limit,
        Func<Action, CancellationToken, Task<T>> ask,
        CancellationToken cancellation
    )
    {
        using var expiry = new CancellationTokenSource(limit, Time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, expiry.Token);
        try
        {
            return await EngineErrors.TranslateAsync(
                host,
                action,
                () => ask(() => expiry.CancelAfter(limit), linked.Token)
            );
        }
        catch (Exception late) when (expiry.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw EngineErrors.Silent(host, action, limit, late);
        }
    }

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
