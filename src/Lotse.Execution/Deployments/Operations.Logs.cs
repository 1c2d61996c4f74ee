using Lotse.Execution.Ports;
using Lotse.Planning.Observed;

namespace Lotse.Execution.Deployments;

public sealed partial class Operations
{
    /// <summary>
    /// The logs of the application's containers, merged over all hosts by time; when they are followed, as lines come. Each line is given with where it comes from.
    /// </summary>
    /// <exception cref="UserException">No container of the release is there.</exception>
    public async Task ReadLogsAsync(LogRequest request, Action<string, string> take, CancellationToken cancellation)
    {
        var hosts = await ConnectAsync("app", "logs", cancellation);
        var fleet = await ObserveAsync(hosts, cancellation);
        var sources = hosts.SelectMany(h => SourcesOf(h, fleet[h.Name], request)).ToList();
        if (sources.Count == 0 && request.Accessory is { } accessory)
        {
            throw NoAccessory(
                accessory,
                null,
                fleet.Hosts.SelectMany(h => h.Accessories).Select(c => c.Role).Distinct()
            );
        }

        if (sources.Count == 0 && request.Release is { } release)
        {
            var there = fleet.Hosts.SelectMany(h => h.Containers).Select(c => c.Version).Distinct().Order();
            throw new UserException(
                $"There is no container of release '{release}' on any host.",
                $"Logs go with their containers. Releases that have one: {string.Join(", ", there)}."
            );
        }

        if (request.Follow)
        {
            await Task.WhenAll(sources.Select(s => FollowAsync(s, request, take, cancellation)));
            return;
        }

        var logs = await Task.WhenAll(sources.Select(s => ReadAsync(s, request, cancellation)));
        foreach (var (source, _, line) in logs.SelectMany(l => l).OrderBy(l => l.Time, StringComparer.Ordinal))
        {
            take(source.Name, line);
        }
    }

    private static IEnumerable<LogSource> SourcesOf(IHost host, ObservedHost observed, LogRequest request)
    {
        var wanted = request switch
        {
            // What it wrote before it ended is what one wants to read.
            { Accessory: { } accessory } => observed.Accessories.Where(c => c.Role == accessory),
            { Release: { } release } => observed.Containers.Where(c => c.Version == release),
            _ => observed.Containers.Where(c => c.IsRunning),
        };
        return wanted.Select(c => new LogSource(host, c.Name));
    }

    private static async Task FollowAsync(
        LogSource source,
        LogRequest request,
        Action<string, string> take,
        CancellationToken cancellation
    )
    {
        var query = new LogQuery
        {
            Lines = request.Lines,
            Since = request.Since,
            Follow = true,
        };
        await foreach (var line in source.Host.Engine.ReadLogsAsync(source.Container, query, cancellation))
        {
            if (request.IsWanted(line))
            {
                take(source.Name, line);
            }
        }
    }

    private static async Task<IEnumerable<(LogSource Source, string Time, string Line)>> ReadAsync(
        LogSource source,
        LogRequest request,
        CancellationToken cancellation
    )
    {
        var lines = new List<(LogSource Source, string Time, string Line)>();
        var query = new LogQuery
        {
            // The last lines of those that are wanted are not the wanted ones of the last lines.
            Lines = request.Grep is null ? request.Lines : null,
            Since = request.Since,
            Timestamps = true,
        };
        await foreach (var line in source.Host.Engine.ReadLogsAsync(source.Container, query, cancellation))
        {
            // The engine's times are of one length, so that their order is that of the text.
            var (time, text) = line.IndexOf(' ') is >= 0 and var at ? (line[..at], line[(at + 1)..]) : ("", line);
            if (request.IsWanted(text))
            {
                lines.Add((source, time, text));
            }
        }

        return lines.TakeLast(request.Lines);
    }

    private sealed record LogSource(IHost Host, string Container)
    {
        public string Name => $"{Host.Name} {Container}";
    }
}
