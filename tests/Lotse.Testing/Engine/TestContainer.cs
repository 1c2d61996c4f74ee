using System.Globalization;
using System.Net;
using Docker.DotNet;
using Docker.DotNet.Models;

namespace Lotse.Testing.Engine;

/// <summary>How a container ended.</summary>
/// <param name="ExitCode">Its exit code; 137 when it was killed.</param>
/// <param name="OutOfMemory">Whether the kernel killed it for its memory.</param>
/// <param name="Log">All that it wrote.</param>
public sealed record ContainerExit(long ExitCode, bool OutOfMemory, string Log);

/// <summary>A container that a test started, or found. Disposing removes it.</summary>
public sealed class TestContainer(IDockerClient client, string id, string name) : IAsyncDisposable
{
    /// <summary>The engine's id.</summary>
    public string Id { get; } = id;

    /// <summary>Its name, without a slash.</summary>
    public string Name { get; } = name;

    /// <summary>What the engine knows of it.</summary>
    public Task<ContainerInspectResponse> InspectAsync(CancellationToken cancellationToken) =>
        client.Containers.InspectContainerAsync(Id, cancellationToken);

    /// <summary>Where a published port is on this machine.</summary>
    public async Task<Uri> AddressAsync(int port, CancellationToken cancellationToken)
    {
        var settings = (await InspectAsync(cancellationToken)).NetworkSettings;
        var bindings = settings.Ports.TryGetValue($"{port}/tcp", out var found) ? found : null;
        Assert.True(bindings?.Count > 0, $"{Name} does not run, or does not publish port {port}.");
        return new UriBuilder("http", "127.0.0.1", int.Parse(bindings[0].HostPort, CultureInfo.InvariantCulture)).Uri;
    }

    /// <summary>Sends a signal to its first process: by default the one that nothing survives.</summary>
    public Task KillAsync(CancellationToken cancellationToken, string signal = "SIGKILL") =>
        client.Containers.KillContainerAsync(Id, new ContainerKillParameters { Signal = signal }, cancellationToken);

    /// <summary>Asks it to end, and kills it after the grace period.</summary>
    public Task StopAsync(TimeSpan grace, CancellationToken cancellationToken) =>
        client.Containers.StopContainerAsync(
            Id,
            new ContainerStopParameters { WaitBeforeKillSeconds = (uint)grace.TotalSeconds },
            cancellationToken
        );

    /// <summary>Starts it again.</summary>
    public Task StartAsync(CancellationToken cancellationToken) =>
        client.Containers.StartContainerAsync(Id, new ContainerStartParameters(), cancellationToken);

    /// <summary>Waits for its end.</summary>
    /// <exception cref="TimeoutException">It did not end in time; the message is its log.</exception>
    public async Task<ContainerExit> WaitForExitAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        var exit = client.Containers.WaitContainerAsync(Id, cancellationToken);
        var code = await WithinAsync(exit, limit, "did not end", cancellationToken);
        var state = (await InspectAsync(cancellationToken)).State;
        return new ContainerExit(code.StatusCode, state.OOMKilled, await LogAsync(cancellationToken));
    }

    /// <summary>What it wrote so far, both outputs in the order of writing.</summary>
    public async Task<string> LogAsync(CancellationToken cancellationToken)
    {
        using var stream = await OpenLogAsync(follow: false, cancellationToken);
        return string.Join('\n', await LogLines.ReadAsync(stream, cancellationToken).ToListAsync(cancellationToken));
    }

    /// <summary>Waits for a line of its log; one that was written already counts.</summary>
    /// <exception cref="TimeoutException">It did not come in time; the message is its log.</exception>
    public async Task<string> WaitForLineAsync(
        Func<string, bool> matches,
        TimeSpan limit,
        CancellationToken cancellationToken
    )
    {
        using var stream = await OpenLogAsync(follow: true, cancellationToken);
        var line = LogLines.ReadAsync(stream, cancellationToken).FirstOrDefaultAsync(matches, cancellationToken);
        return await WithinAsync(line.AsTask(), limit, "did not write the line", cancellationToken)
            ?? throw new TimeoutException(
                $"{Name} ended without the line. Its log:\n{await LogAsync(cancellationToken)}"
            );
    }

    /// <summary>Removes it, running or not; nothing happens if it is gone.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            var parameters = new ContainerRemoveParameters { Force = true, RemoveVolumes = true };
            await client.Containers.RemoveContainerAsync(Id, parameters, CancellationToken.None);
        }
        catch (DockerApiException exception)
            when (exception.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict) { }
    }

    private Task<MultiplexedStream> OpenLogAsync(bool follow, CancellationToken cancellationToken)
    {
        var parameters = new ContainerLogsParameters
        {
            ShowStdout = true,
            ShowStderr = true,
            Follow = follow,
        };
        return client.Containers.GetContainerLogsAsync(Id, tty: false, parameters, cancellationToken);
    }

    private async Task<T> WithinAsync<T>(Task<T> task, TimeSpan limit, string fact, CancellationToken cancellationToken)
    {
        try
        {
            return await task.WaitAsync(limit, cancellationToken);
        }
        catch (TimeoutException timeout)
        {
            var log = await LogAsync(cancellationToken);
            throw new TimeoutException($"{Name} {fact} within {limit.TotalSeconds:0.#} s. Its log:\n{log}", timeout);
        }
    }
}
