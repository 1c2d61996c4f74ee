using System.Globalization;
using Docker.DotNet.Models;
using Lotse.Execution.Ports;

namespace Lotse.Hosts.Docker;

/// <summary>Watches a container by the engine's events, which come by an <see cref="EventStream"/>.</summary>
/// <param name="container">The container's name or id.</param>
/// <param name="since">The engine's time from when on events count, in nanoseconds since 1970.</param>
/// <param name="leave">Ends the watch.</param>
internal sealed class EventWatch(string container, long since, Func<EventWatch, Task> leave) : IContainerWatch
{
    private readonly TaskCompletionSource<ContainerExit> exited = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );
    private bool outOfMemory;

    /// <inheritdoc/>
    public Task<ContainerExit> Exited => exited.Task;

    /// <summary>Takes an event of any container.</summary>
    public void Take(Message message)
    {
        if (message.TimeNano < since || !IsOwn(message.Actor))
        {
            return;
        }

        if (message.Action == "oom")
        {
            outOfMemory = true;
        }
        else if (message.Action == "die")
        {
            var code = message.Actor.Attributes?.TryGetValue("exitCode", out var text) == true ? text : "";
            _ = int.TryParse(code, CultureInfo.InvariantCulture, out var exitCode);
            exited.TrySetResult(new ContainerExit(exitCode, outOfMemory));
        }
    }

    /// <summary>No event comes any more.</summary>
    public void Fail(Exception reason)
    {
        exited.TrySetException(reason);
        // Nobody may be waiting for it any more.
        _ = exited.Task.Exception;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await leave(this);
        exited.TrySetCanceled();
    }

    private bool IsOwn(Actor? actor) =>
        actor is not null
        && (
            actor.ID == container || (actor.Attributes?.TryGetValue("name", out var name) == true && name == container)
        );
}
