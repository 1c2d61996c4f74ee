using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using Lotse.Execution.Ports;
using Lotse.Execution.Reporting;
using Lotse.Planning.Observed;

namespace Lotse.Execution.Deployments;

/// <summary>
/// Follows the logs of one host's containers as they come and go: those that a deploy starts are taken up, and a log that breaks off is told of at once and taken
/// up where it was.
/// </summary>
/// <param name="host">The host.</param>
/// <param name="request">Which lines.</param>
/// <param name="list">The containers whose logs are wanted, as they are now.</param>
/// <param name="take">Takes a container's line.</param>
/// <param name="services">Is told what breaks, and the clock.</param>
internal sealed class LogFollowing(
    IHost host,
    LogRequest request,
    Func<IHost, CancellationToken, Task<ImmutableArray<ObservedContainer>>> list,
    Action<ObservedContainer, string> take,
    DeploymentServices services
)
{
    /// <summary>How long a container that a deploy has started may be overlooked; what it wrote by then is not lost.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private readonly ConcurrentDictionary<string, string> last = new();
    private readonly Dictionary<string, Task> streams = [];

    /// <summary>A container's log was read up to a time already; empty when it was read and nothing was there.</summary>
    public void Begin(ObservedContainer container, string time) => last[container.Id] = time;

    /// <summary>Goes on until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var pause = Pause;
        while (true)
        {
            try
            {
                await TakeUpAsync(cancellation);
                await AwaitEndOrPauseAsync(cancellation);
                if (pause > Pause)
                {
                    services.Observer.Report(new Remark(host.Name, "its log is there again and goes on"));
                }

                pause = Pause;
            }
            catch (HostException broken)
            {
                if (pause == Pause)
                {
                    var text =
                        $"its log broke off, and is taken up again as soon as that works: {OneLine.Of(host.Name, broken)}";
                    services.Observer.Report(new Warning(host.Name, text));
                }

                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
                await Task.Delay(pause, services.Time, cancellation);
                ForgetBroken();
            }
        }
    }

    /// <summary>Those that share a connection break one after the other, and are taken up together.</summary>
    private void ForgetBroken()
    {
        foreach (
            var id in streams.Where(s => s.Value.Exception?.InnerException is HostException).Select(s => s.Key).ToList()
        )
        {
            streams.Remove(id);
        }
    }

    private async Task TakeUpAsync(CancellationToken cancellation)
    {
        foreach (var container in await list(host, cancellation))
        {
            if (container.IsRunning && !streams.ContainsKey(container.Id))
            {
                streams[container.Id] = FollowAsync(container, cancellation);
            }
        }
    }

    private async Task AwaitEndOrPauseAsync(CancellationToken cancellation)
    {
        // A log that ends with its container is looked for again no sooner than others: it may end again and again.
        var pause = Task.Delay(Pause, services.Time, cancellation);
        while (!pause.IsCompleted)
        {
            var ended = await Task.WhenAny([pause, .. streams.Values.Where(s => !s.IsCompleted)]);
            if (ended.IsFaulted)
            {
                break;
            }
        }

        cancellation.ThrowIfCancellationRequested();
        foreach (var (id, stream) in streams.Where(s => s.Value.IsCompleted).ToList())
        {
            streams.Remove(id);
            await stream;
        }
    }

    private async Task FollowAsync(ObservedContainer container, CancellationToken cancellation)
    {
        var known = last.TryGetValue(container.Id, out var time);
        var query = new LogQuery
        {
            // What a new container wrote before it was seen is wanted; where none of the last lines were, what comes now.
            Lines = known && request.Lines == 0 && time!.Length == 0 ? 0 : null,
            Since = known && Parse(time!) is { } moment ? moment : request.Since,
            Follow = true,
            Timestamps = true,
        };
        await foreach (var line in host.Engine.ReadLogsAsync(container.Name, query, cancellation))
        {
            var (at, text) = LogLines.Split(line);
            // The engine knows seconds; what was shown of that second is not shown again.
            if (at.Length > 0 && string.CompareOrdinal(at, last.GetValueOrDefault(container.Id, "")) <= 0)
            {
                continue;
            }

            last[container.Id] = at;
            if (request.IsWanted(text))
            {
                take(container, text);
            }
        }
    }

    private static DateTimeOffset? Parse(string time) =>
        DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, out var moment) ? moment : null;
}

/// <summary>Lines of a log with the engine's times in front.</summary>
internal static class LogLines
{
    /// <summary>The time and the line itself. The engine's times are of one length, so that their order is that of the text.</summary>
    public static (string Time, string Text) Split(string line) =>
        line.IndexOf(' ') is >= 0 and var at ? (line[..at], line[(at + 1)..]) : ("", line);
}
