using System.Globalization;
using Docker.DotNet;
using Docker.DotNet.Models;
using Lotse.Execution.Ports;

namespace Lotse.Hosts.Docker;

/// <summary>
/// Watches a container by the engine's events. The subscription asks for events since the engine's own time at the moment of the call,
/// which the engine replays from its buffer: nothing between the call and the stream's start is missed, whatever this machine's clock says.
/// </summary>
internal sealed class EventWatch : IContainerWatch
{
    private readonly TaskCompletionSource<ContainerExit> exited = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );
    private readonly CancellationTokenSource stop = new();
    private Task pump = Task.CompletedTask;
    private bool outOfMemory;

    private EventWatch() { }

    public Task<ContainerExit> Exited => exited.Task;

    public static async Task<EventWatch> StartAsync(
        IDockerClient client,
        string container,
        CancellationToken cancellation
    )
    {
        var info = await client.System.GetSystemInfoAsync(cancellation);
        var watch = new EventWatch();
        watch.pump = watch.PumpAsync(client, container, SinceOf(info.SystemTime));
        return watch;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await pump;
        stop.Dispose();
    }

    private static string SinceOf(string systemTime)
    {
        var time = DateTimeOffset.Parse(systemTime, CultureInfo.InvariantCulture);
        var ticks = (time - DateTimeOffset.UnixEpoch).Ticks;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{ticks / TimeSpan.TicksPerSecond}.{ticks % TimeSpan.TicksPerSecond * 100:000000000}"
        );
    }

    private async Task PumpAsync(IDockerClient client, string container, string since)
    {
        var parameters = new ContainerEventsParameters
        {
            Since = since,
            Filters = new Dictionary<string, IDictionary<string, bool>>
            {
                ["container"] = new Dictionary<string, bool> { [container] = true },
                ["event"] = new Dictionary<string, bool> { ["die"] = true, ["oom"] = true },
            },
        };
        try
        {
            await client.System.MonitorEventsAsync(parameters, new Receiver(this), stop.Token);
            exited.TrySetException(new IOException("the engine ended the stream of events"));
        }
        catch (OperationCanceledException)
        {
            exited.TrySetCanceled();
        }
        catch (Exception broken) when (broken is DockerApiException or HttpRequestException or IOException)
        {
            exited.TrySetException(broken);
        }

        // Nobody may be waiting for it any more.
        _ = exited.Task.Exception;
    }

    private void Receive(Message message)
    {
        if (message.Action == "oom")
        {
            outOfMemory = true;
        }
        else if (message.Action == "die")
        {
            var code = message.Actor?.Attributes?.TryGetValue("exitCode", out var text) == true ? text : "";
            _ = int.TryParse(code, CultureInfo.InvariantCulture, out var exitCode);
            exited.TrySetResult(new ContainerExit(exitCode, outOfMemory));
        }
    }

    /// <summary>Not <see cref="Progress{T}"/>, which posts to the thread pool and may reorder.</summary>
    private sealed class Receiver(EventWatch watch) : IProgress<Message>
    {
        public void Report(Message value) => watch.Receive(value);
    }
}
