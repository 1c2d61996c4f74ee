using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Lotse.Execution.Ports;
using Lotse.Planning.Observed;
using Lotse.Planning.Steps;
using Lotse.Proxy.Contract;

namespace Lotse.Hosts.Proxy;

/// <summary>Drives our edge proxy: each command runs in the proxy's own container, as <c>docker exec lotse-proxy lotse-proxy …</c>.</summary>
/// <param name="host">The host's configured name.</param>
/// <param name="container">The proxy's container.</param>
/// <param name="engine">The host's engine.</param>
/// <param name="time">The clock.</param>
/// <param name="commandLimit">How long a command may take beyond what it waits for. Default: <see cref="DefaultCommandLimit"/>, 20 s.</param>
public sealed class LotseProxyDriver(
    string host,
    string container,
    IContainerEngine engine,
    TimeProvider time,
    TimeSpan? commandLimit = null
) : IEdgeProxy
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan StartPause = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// The proxy does each command at once; what one waits for comes on top: 20 s. Well above what a loaded server needs to run a command in a container, and short: until
    /// the last host has switched, or has failed to, hosts serve different releases.
    /// </summary>
    public static readonly TimeSpan DefaultCommandLimit = TimeSpan.FromSeconds(20);

    /// <inheritdoc/>
    public async Task AwaitReadyAsync(CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(StartLimit, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        while (true)
        {
            try
            {
                var result = await ExecAsync(new ListCommand { Json = true }, TimeSpan.Zero, linked.Token);
                if (result.ExitCode == 0)
                {
                    return;
                }

                await Task.Delay(StartPause, time, linked.Token);
            }
            catch (Exception notYet)
                when (limit.IsCancellationRequested || notYet is HostException { Failure: HostFailure.Conflict })
            {
                if (limit.IsCancellationRequested)
                {
                    throw await NotReadyAsync(notYet);
                }

                await Task.Delay(StartPause, time, cancellation);
            }
        }
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<ProxiedService>> ListAsync(CancellationToken cancellation)
    {
        var result = await AskAsync(new ListCommand(), ContractJson.Default.ListResult, cancellation);
        return
        [
            .. result.Services.Select(s => new ProxiedService(
                s.Name,
                s.Active?.Target,
                s.Staged?.Target,
                s.Previous?.Target
            )
            {
                Mode = RouteConverter.ToMode(s.Mode),
                Traffic = RouteConverter.ToCount(s.Active),
                IsHealthy = s.Active?.Health?.Healthy,
            }),
        ];
    }

    /// <inheritdoc/>
    public async Task<StageOutcome> StageAsync(ProxyRoute route, string target, CancellationToken cancellation)
    {
        var command = new StageCommand(route.Service, target, RouteConverter.ToOptions(route)) { Json = true };
        var answer = await ExecAsync(command, route.DeployTimeout, cancellation);
        // 1 is the proxy's answer that the target did not become healthy: a result, not a fault.
        return
            answer.ExitCode is 0 or 1
            && TryRead(answer.Output, ContractJson.Default.StageResult) is { Probe: not null } result
            ? RouteConverter.ToOutcome(result)
            : throw Refused(command, answer);
    }

    /// <inheritdoc/>
    public Task SwitchAsync(string service, string target, CancellationToken cancellation) =>
        AskAsync(new SwitchCommand(service) { Target = target }, ContractJson.Default.SwitchResult, cancellation);

    /// <inheritdoc/>
    public Task RevertAsync(string service, string target, CancellationToken cancellation) =>
        AskAsync(new RevertCommand(service) { Target = target }, ContractJson.Default.SwitchResult, cancellation);

    /// <inheritdoc/>
    public Task AbortAsync(string service, string? target, CancellationToken cancellation) =>
        AskAsync(new AbortCommand(service) { Target = target }, ContractJson.Default.ListResult, cancellation);

    /// <inheritdoc/>
    public async Task<int> DrainAsync(
        string service,
        string? target,
        TimeSpan timeout,
        CancellationToken cancellation
    ) =>
        (
            await AskAsync(
                new DrainCommand(service, timeout) { Target = target },
                ContractJson.Default.DrainResult,
                cancellation,
                work: timeout
            )
        ).CutOff;

    /// <inheritdoc/>
    public async Task<int> PauseAsync(
        string service,
        TimeSpan drainTimeout,
        TimeSpan maxPause,
        CancellationToken cancellation
    )
    {
        var pause = new PauseCommand(service, drainTimeout, maxPause);
        return (await AskAsync(pause, ContractJson.Default.DrainResult, cancellation, drainTimeout)).CutOff;
    }

    /// <inheritdoc/>
    public async Task<int> StopAsync(
        string service,
        TimeSpan drainTimeout,
        string message,
        CancellationToken cancellation
    )
    {
        var stop = new StopCommand(service, drainTimeout, message);
        return (await AskAsync(stop, ContractJson.Default.DrainResult, cancellation, drainTimeout)).CutOff;
    }

    /// <inheritdoc/>
    public Task ResumeAsync(string service, CancellationToken cancellation) =>
        AskAsync(new ResumeCommand(service), ContractJson.Default.ListResult, cancellation);

    /// <inheritdoc/>
    public Task RemoveAsync(string service, CancellationToken cancellation) =>
        AskAsync(new RemoveCommand(service), ContractJson.Default.ListResult, cancellation);

    private async Task<T> AskAsync<T>(
        ProxyCommand command,
        JsonTypeInfo<T> type,
        CancellationToken cancellation,
        TimeSpan work = default
    )
        where T : class
    {
        var answer = await ExecAsync(command with { Json = true }, work, cancellation);
        return answer.ExitCode == 0 && TryRead(answer.Output, type) is { } result
            ? result
            : throw Refused(command, answer);
    }

    /// <param name="command">The command.</param>
    /// <param name="work">How long it may wait for what it is about.</param>
    /// <param name="cancellation">Gives up.</param>
    private Task<CommandResult> ExecAsync(ProxyCommand command, TimeSpan work, CancellationToken cancellation) =>
        engine.ExecAsync(
            container,
            ["/usr/local/bin/lotse-proxy", .. command.ToArguments()],
            work + (commandLimit ?? DefaultCommandLimit),
            cancellation
        );

    private static T? TryRead<T>(string text, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(text, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private HostException Refused(ProxyCommand command, CommandResult answer)
    {
        var error = TryRead(answer.Output, ContractJson.Default.ErrorResult)?.Error;
        var evidence = error ?? $"exit code {answer.ExitCode}: {answer.Error.Trim()} {answer.Output.Trim()}";
        var cure = $"See the proxy's own log: `docker logs {container}`.";
        return new HostException(HostFailure.Proxy, host, $"edge proxy, {command.Name}", evidence, cure);
    }

    private async Task<HostException> NotReadyAsync(Exception inner)
    {
        var log = await engine.TailLogsAsync(container, 10, CancellationToken.None);
        return new HostException(
            HostFailure.Proxy,
            host,
            "start the edge proxy",
            $"it does not answer after {StartLimit.TotalSeconds:0} s.{string.Concat(log.Select(l => $"\n    | {l}"))}",
            $"See its whole log: `docker logs {container}`.",
            inner
        );
    }
}
