using Lotse.Execution.Ports;

namespace Lotse.Hosts.Local;

/// <summary>What is to be done about the engine. Pure: facts in, decision out.</summary>
internal abstract record BootstrapDecision
{
    /// <summary>The oldest Engine API that is good enough: Docker Engine 20.10.</summary>
    public static readonly Version OldestApi = new(1, 41);

    private BootstrapDecision() { }

    /// <summary>This engine answers and is new enough.</summary>
    public sealed record Use(ProbedEngine Engine) : BootstrapDecision;

    /// <summary>An engine is starting: wait for it.</summary>
    public sealed record Await(int ProcessId) : BootstrapDecision;

    /// <summary>Install the engine from the distribution's packages.</summary>
    public sealed record Install : BootstrapDecision;

    /// <summary>Start the installed engine.</summary>
    public sealed record Start(bool Systemd) : BootstrapDecision;

    /// <summary>Nothing can be done here; a person must.</summary>
    public sealed record Fail(EngineProblem Problem, string Fact, string Cure) : BootstrapDecision;

    public static BootstrapDecision For(MachineFacts facts)
    {
        if (facts.Engines.FirstOrDefault(e => e.Outcome == ProbeOutcome.Answers) is { } engine)
        {
            return engine.ApiVersion >= OldestApi ? new Use(engine) : BootstrapAdvice.TooOld(engine);
        }

        if (facts.Engines.FirstOrDefault(e => e.Candidate.Named) is { } named)
        {
            return BootstrapAdvice.NamedEngine(facts, named);
        }

        if (facts.Engines.FirstOrDefault(e => e.Outcome == ProbeOutcome.NoPermission) is { } denied)
        {
            return BootstrapAdvice.NoPermission(facts, denied);
        }

        return facts is { System: HostSystem.Linux, IsRoot: true } ? ForRoot(facts) : BootstrapAdvice.ByHand(facts);
    }

    private static BootstrapDecision ForRoot(MachineFacts facts) =>
        facts switch
        {
            { EngineProcess: { } id } => new Await(id),
            { Installed: not null } => new Start(facts.Systemd),
            { IsDebian: true, Apt: true } => new Install(),
            _ => BootstrapAdvice.ByHand(facts),
        };
}
