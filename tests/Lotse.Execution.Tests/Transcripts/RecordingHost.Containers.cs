using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Lotse.Execution.Ports;
using Lotse.Planning.Containers;
using Lotse.Planning.Observed;

namespace Lotse.Execution.Tests.Transcripts;

/// <summary>Its containers.</summary>
internal sealed partial class RecordingHost
{
    /// <summary>The specification of the last container that was made.</summary>
    public ContainerSpec? LastMade { get; private set; }

    public async Task<EngineInfo> GetInfoAsync(CancellationToken cancellation)
    {
        await Task.CompletedTask;
        Reach("ask the engine");
        return new EngineInfo(EngineVersion, "/data", Architecture);
    }

    /// <summary>Its processor; empty when it does not say.</summary>
    public string Architecture { get; set; } = "";

    /// <summary>Ports that some other program has.</summary>
    public HashSet<int> TakenPorts { get; } = [];

    public string EngineVersion { get; set; } = "20.10.24";

    public TimeSpan? ClockAhead { get; set; }

    /// <summary>How often its containers were asked for.</summary>
    public int Looks { get; private set; }

    public Task<ImmutableArray<LabelledContainer>> ListContainersAsync(
        IReadOnlyDictionary<string, string?> labels,
        CancellationToken cancellation
    )
    {
        Looks++;
        return Task.FromResult(
            containers
                .Where(c =>
                    labels.All(l => c.Spec.Labels.TryGetValue(l.Key, out var v) && (l.Value is null || v == l.Value))
                )
                .Select(c => new LabelledContainer(c.Container, c.Spec.Labels.ToImmutableDictionary()))
                .ToImmutableArray()
        );
    }

    public async Task<ContainerStatus?> InspectAsync(string container, CancellationToken cancellation)
    {
        await Task.CompletedTask;
        Reach($"inspect {container}");
        return Find(container) is { } found
            ? new ContainerStatus
            {
                Id = found.Container.Id,
                State = found.Container.State,
                Volumes =
                [
                    .. found
                        .Spec.Volumes.Select(v => v.Split(':'))
                        .Where(v => !v[0].StartsWith('/'))
                        .Select(v => new ContainerVolume(v[0], v[1])),
                ],
            }
            : null;
    }

    public Task<string> CreateAsync(ContainerSpec spec, CancellationToken cancellation)
    {
        Do($"create {spec.Name}");
        LastMade = spec;
        var id = string.Concat(name, (++made).ToString("x3", null)).PadLeft(12, '0').PadRight(64, '0');
        containers.Add(
            (
                spec,
                new ObservedContainer
                {
                    Id = id,
                    Name = spec.Name,
                    Role = spec.Labels.GetValueOrDefault(ContainerLabels.Role, ""),
                    Version = spec.Labels.GetValueOrDefault(ContainerLabels.Version, ""),
                    Fingerprint = spec.Labels.GetValueOrDefault(ContainerLabels.Fingerprint, ""),
                    Rollout = spec.Labels.GetValueOrDefault(ContainerLabels.Rollout, ""),
                    State = ContainerState.Created,
                    CreatedAt = DateTimeOffset.UnixEpoch.AddSeconds(made),
                    Image = spec.Image,
                }
            )
        );
        return Task.FromResult(id);
    }

    public async Task StartAsync(string container, CancellationToken cancellation)
    {
        await Change(container, $"start {container}", c => c with { State = ContainerState.Running });
        if (
            Find(container) is { Spec.Labels: var labels }
            && labels.ContainsKey(ContainerLabels.OneOff)
            && !CommandsHang
        )
        {
            End(container, CommandExitCode);
        }
    }

    public Task StopAsync(string container, TimeSpan grace, CancellationToken cancellation) =>
        Change(container, $"stop {NameOf(container)}", c => c with { State = ContainerState.Exited });

    public Task RenameAsync(string container, string to, CancellationToken cancellation) =>
        Change(container, $"rename {NameOf(container)} to {to}", c => c with { Name = to });

    public Task RemoveAsync(string container, CancellationToken cancellation)
    {
        Do($"remove {NameOf(container)}");
        containers.RemoveAll(c => Is(c.Container, container));
        return Task.CompletedTask;
    }

    public Task RemoveKeepingVolumesAsync(string container, CancellationToken cancellation) =>
        RemoveAsync(container, cancellation);

    public Task<ImmutableArray<string>> TailLogsAsync(string container, int lines, CancellationToken cancellation) =>
        Task.FromResult<ImmutableArray<string>>(["the last line"]);

    /// <summary>What each container has written, with the engine's times in front; the last line alone where nothing is said.</summary>
    public Dictionary<string, string[]> Logs { get; } = [];

    /// <summary>Has each request for a log come to its end in this way; null for at once.</summary>
    public Func<string, LogQuery, CancellationToken, Task>? LogEnd { get; set; }

    public async IAsyncEnumerable<string> ReadLogsAsync(
        string container,
        LogQuery query,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        await Task.Yield();
        foreach (var line in Logs.GetValueOrDefault(container, ["0 the last line"]))
        {
            yield return query.Timestamps ? line : line[(line.IndexOf(' ') + 1)..];
        }

        if (query.Follow && LogEnd is not null)
        {
            await LogEnd(container, query, cancellation);
        }
    }

    public Task<IContainerWatch> WatchAsync(string container, CancellationToken cancellation) =>
        Task.FromResult<IContainerWatch>(watches.GetOrAdd(container, _ => new Watch()));

    /// <summary>The process of a container ends.</summary>
    public void End(string container, int exitCode)
    {
        var index = containers.FindIndex(c => Is(c.Container, container));
        containers[index] = containers[index] with
        {
            Container = containers[index].Container with { State = ContainerState.Exited },
        };
        watches.GetOrAdd(container, _ => new Watch()).Source.TrySetResult(new ContainerExit(exitCode, false));
    }

    /// <summary>The exit code of commands: in a container, and as one.</summary>
    public int CommandExitCode { get; set; }

    /// <summary>Whether a container that runs one command never comes to its end.</summary>
    public bool CommandsHang { get; set; }

    public Task<CommandResult> ExecAsync(
        string container,
        ImmutableArray<string> command,
        TimeSpan limit,
        CancellationToken cancellation
    )
    {
        Do($"exec {string.Join(' ', command)} in {container}");
        return Task.FromResult(new CommandResult(CommandExitCode, "out\n", "err\n"));
    }

    /// <summary>What a command in a container writes, and how it comes to its end.</summary>
    public Func<Action<string>, CancellationToken, Task> Command { get; set; } =
        (take, _) =>
        {
            take("out");
            take("err");
            return Task.CompletedTask;
        };

    public async Task<int> ExecAsync(
        string container,
        ImmutableArray<string> command,
        Action<string> take,
        CancellationToken cancellation
    )
    {
        Do($"exec {string.Join(' ', command)} in {container}");
        await Command(take, cancellation);
        return CommandExitCode;
    }

    public Task<int> ExecInTerminalAsync(
        string container,
        ImmutableArray<string> command,
        ITerminalSession terminal,
        CancellationToken cancellation
    )
    {
        Do($"exec {string.Join(' ', command)} in {container}, in the terminal");
        return Task.FromResult(CommandExitCode);
    }

    public Task<int> StartInTerminalAsync(string container, ITerminalSession terminal, CancellationToken cancellation)
    {
        Do($"start {container} in the terminal");
        return Task.FromResult(CommandExitCode);
    }

    private sealed class Watch : IContainerWatch
    {
        public TaskCompletionSource<ContainerExit> Source { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<ContainerExit> Exited => Source.Task;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
