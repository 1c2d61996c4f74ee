using Lotse.Execution.Ports;

namespace Lotse.Hosts.Local;

/// <summary>
/// Finds this machine's engine, and installs and starts it where it may: facts are gathered, a decision is made from them,
/// and carried out, until an engine answers. Only one run on a machine changes anything; another waits and then looks again.
/// </summary>
public sealed class EngineBootstrap : IEngineBootstrap
{
    private readonly EngineSite _site;
    private readonly TimeProvider _time;

    /// <summary>A bootstrap for this machine.</summary>
    /// <param name="time">The clock of deadlines and pauses.</param>
    public EngineBootstrap(TimeProvider time)
        : this(new(), time) { }

    internal EngineBootstrap(EngineSite site, TimeProvider time)
    {
        _site = site;
        _time = time;
    }

    /// <inheritdoc/>
    public async Task<EngineEndpoint> EnsureAsync(IProgress<EngineProgress>? progress, CancellationToken cancellation)
    {
        var survey = new MachineSurvey(_site, _time);
        var facts = await survey.TakeAsync(cancellation);
        var decision = BootstrapDecision.For(facts);
        if (decision is BootstrapDecision.Use or BootstrapDecision.Fail)
        {
            return Finish(facts, decision, default);
        }

        void SayWaiting() =>
            progress?.Report(
                new(EnginePhase.Waiting, "Another run is setting up the container engine: waiting for it.")
            );
        using var only = await FileLock.AcquireAsync(_site.LockFile, _time, SayWaiting, cancellation);
        return await ChangeAsync(survey, progress, cancellation);
    }

    /// <summary>Returns an engine that answers, and changes nothing where none does.</summary>
    /// <exception cref="EngineUnavailableException">None answers.</exception>
    public async Task<EngineEndpoint> FindAsync(CancellationToken cancellation)
    {
        var facts = await new MachineSurvey(_site, _time).TakeAsync(cancellation);
        var decision = BootstrapDecision.For(facts);
        return decision is BootstrapDecision.Use or BootstrapDecision.Fail
            ? Finish(facts, decision, default)
            : throw new EngineUnavailableException(
                facts.Installed is null ? EngineProblem.NotInstalled : EngineProblem.NotRunning,
                "No container engine answers on this machine, and this command changes nothing here.",
                [.. facts.Engines.Select(engine => engine.Describe())],
                facts.Installed is null
                    ? "A deploy installs and starts one: `./build.sh DeployLocal`."
                    : "A deploy starts the one that is installed: `./build.sh DeployLocal`."
            );
    }

    private async Task<EngineEndpoint> ChangeAsync(
        MachineSurvey survey,
        IProgress<EngineProgress>? progress,
        CancellationToken cancellation
    )
    {
        var starter = new EngineStarter(_site, _time, progress);
        var done = default(Changes);
        while (true)
        {
            var facts = await survey.TakeAsync(cancellation);
            var decision = BootstrapDecision.For(facts);
            switch (decision)
            {
                case BootstrapDecision.Install when !done.Installed:
                    await new EngineInstaller(_site.AptGet, progress).InstallAsync(cancellation);
                    done = done with { Installed = true };
                    break;
                case BootstrapDecision.Start start when !done.Started:
                    await starter.StartAsync(start.Systemd, facts.Installed!, cancellation);
                    done = done with { Started = true };
                    break;
                case BootstrapDecision.Await { ProcessId: var id } when !done.Awaited:
                    await starter.AwaitAsync(id, cancellation);
                    done = done with { Awaited = true };
                    break;
                default:
                    var endpoint = Finish(facts, decision, done);
                    progress?.Report(new(EnginePhase.Ready, $"The engine answers at {endpoint.Address}."));
                    return endpoint;
            }
        }
    }

    private static EngineEndpoint Finish(MachineFacts facts, BootstrapDecision decision, Changes done) =>
        decision switch
        {
            BootstrapDecision.Use { Engine: var engine } => new()
            {
                Address = new(engine.Candidate.Address),
                Origin = engine.Candidate.Origin,
                ApiVersion = engine.ApiVersion!,
                Server = engine.Detail,
                Started = done.Started,
                Installed = done.Installed,
            },
            BootstrapDecision.Fail fail => throw new EngineUnavailableException(
                fail.Problem,
                fail.Fact,
                [.. facts.Engines.Select(engine => engine.Describe())],
                fail.Cure
            ),
            _ => throw new EngineUnavailableException(
                EngineProblem.StartFailed,
                "The container engine answered and was gone again.",
                [.. facts.Engines.Select(engine => engine.Describe())],
                "See its log, then run the same command again."
            ),
        };

    private readonly record struct Changes(bool Installed, bool Started, bool Awaited);
}
