using System.Collections.Immutable;
using Lotse.Execution.Ports;
using Lotse.Execution.Reporting;
using Lotse.Planning.Observed;

namespace Lotse.Execution.Deployments;

public sealed partial class Operations
{
    /// <summary>
    /// The logs of the application's containers, merged over all hosts by time; when they are followed, then as lines come, those of containers that are started
    /// meanwhile too. Each line is given with where it comes from.
    /// </summary>
    /// <exception cref="UserException">No container of the release is there.</exception>
    /// <exception cref="SomeHostsFailedException">Some hosts could not be asked; the logs of the others were given.</exception>
    public async Task ReadLogsAsync(LogRequest request, Action<string, string> take, CancellationToken cancellation)
    {
        var group = await ReachAsync("app", "logs", cancellation);
        await LearnGeneratedSecretsAsync(group.Hosts, cancellation);
        var seen = await SeeAsync(group, cancellation);
        var sources = seen.SelectMany(h => SourcesOf(h, request)).ToList();
        if (sources.Count == 0)
        {
            ExplainNoLog(group, seen, request);
        }

        var logs = await group.AskAsync(sources, s => s.Host.Name, s => ReadAsync(s, request, cancellation));
        foreach (var line in logs.SelectMany(l => l.Lines).OrderBy(l => l.Time, StringComparer.Ordinal))
        {
            take(line.Source.Name, line.Text);
        }

        if (request.Follow)
        {
            await FollowAsync(seen, logs, request, take, cancellation);
        }

        group.Require("There is no log, or not all of it, of");
    }

    /// <summary>Says why there is nothing to read. To follow is to wait for what a deploy starts.</summary>
    private void ExplainNoLog(HostGroup group, ImmutableArray<Sighted> seen, LogRequest request)
    {
        group.Require("No such log is on the hosts that answer, and there is none of");
        if (request.Accessory is { } accessory)
        {
            var known = seen.SelectMany(h => h.Observed.Accessories).Select(c => c.Role).Distinct();
            throw NoAccessory(accessory, null, known);
        }

        if (request.Release is { } release)
        {
            var there = seen.SelectMany(h => h.Observed.Containers).Select(c => c.Version).Distinct().Order();
            throw new UserException(
                $"There is no container of release '{release}' on any host.",
                $"Logs go with their containers. Releases that have one: {string.Join(", ", there)}."
            );
        }

        var next = request.Follow
            ? "What a deploy starts is shown as it comes."
            : "`./build.sh Status` shows what is there, `--release VERSION` the log of a release that no longer runs.";
        services.Observer.Report(
            new Warning(
                string.Join(", ", seen.Select(h => h.Host.Name)),
                $"Nothing of {config.Service} runs there. {next}"
            )
        );
    }

    private static IEnumerable<LogSource> SourcesOf(Sighted seen, LogRequest request)
    {
        var wanted = request switch
        {
            // What it wrote before it ended is what one wants to read.
            { Accessory: { } accessory } => seen.Observed.Accessories.Where(c => c.Role == accessory),
            { Release: { } release } => seen.Observed.Containers.Where(c => c.Version == release),
            _ => seen.Observed.Containers.Where(c => c.IsRunning),
        };
        return wanted.Select(c => new LogSource(seen.Host, c));
    }

    /// <summary>Until it is cancelled: hosts do not wait for each other.</summary>
    private Task FollowAsync(
        ImmutableArray<Sighted> seen,
        ImmutableArray<LogRead> logs,
        LogRequest request,
        Action<string, string> take,
        CancellationToken cancellation
    )
    {
        async Task<ImmutableArray<ObservedContainer>> ListAsync(IHost host, CancellationToken token) =>
            [
                .. (await Watching().ListAsync(host, request.Accessory, token)).Where(c =>
                    request.Release is null || c.Version == request.Release
                ),
            ];
        return Task.WhenAll(
            seen.Select(h =>
            {
                void Take(ObservedContainer from, string line) => take(new LogSource(h.Host, from).Name, line);
                var following = new LogFollowing(h.Host, request, ListAsync, Take, services);
                foreach (var read in logs.Where(l => l.Source.Host == h.Host))
                {
                    following.Begin(read.Source.Container, read.Last);
                }

                return following.RunAsync(cancellation);
            })
        );
    }

    private static async Task<LogRead> ReadAsync(LogSource source, LogRequest request, CancellationToken cancellation)
    {
        var lines = new List<LogLine>();
        var last = "";
        var query = new LogQuery
        {
            // The last lines of those that are wanted are not the wanted ones of the last lines.
            Lines = request.Grep is null ? request.Lines : null,
            Since = request.Since,
            Timestamps = true,
        };
        await foreach (var line in source.Host.Engine.ReadLogsAsync(source.Container.Name, query, cancellation))
        {
            var (time, text) = LogLines.Split(line);
            last = time;
            if (request.IsWanted(text))
            {
                lines.Add(new LogLine(source, time, text));
            }
        }

        return new LogRead(source, [.. lines.TakeLast(request.Lines)], last);
    }

    private sealed record LogSource(IHost Host, ObservedContainer Container)
    {
        public string Name => $"{Host.Name} {Container.Name}";
    }

    private sealed record LogLine(LogSource Source, string Time, string Text);

    /// <summary>What a log held when it was read, and the time of its last line.</summary>
    private sealed record LogRead(LogSource Source, ImmutableArray<LogLine> Lines, string Last);
}
