using System.Collections.Immutable;

namespace Lotse.Planning.Setup;

/// <summary>What set-up cares for on a server, in this order.</summary>
public enum SetupTopic
{
    /// <summary>The engine's settings: they are written before its first start.</summary>
    EngineSettings,

    /// <summary>Packages.</summary>
    Packages,

    /// <summary>The engine runs.</summary>
    Engine,

    /// <summary>The deploy user.</summary>
    DeployUser,

    /// <summary>Security updates.</summary>
    Updates,

    /// <summary>The SSH server takes keys only.</summary>
    Sshd,

    /// <summary>Swap space.</summary>
    Swap,

    /// <summary>The firewall.</summary>
    Firewall,
}

/// <summary>How a server and a step stand to each other.</summary>
public enum SetupState
{
    /// <summary>There is nothing to do.</summary>
    InPlace,

    /// <summary>The step's script is to be run.</summary>
    Change,

    /// <summary>There is something to do, and only a person may say that it is done now.</summary>
    Deferred,
}

/// <summary>One thing that a server shall have.</summary>
public sealed record SetupStep
{
    /// <summary>What it is about.</summary>
    public required SetupTopic Topic { get; init; }

    /// <summary>What is done, or would be.</summary>
    public required string Title { get; init; }

    /// <summary>Why.</summary>
    public required string Why { get; init; }

    /// <summary>Whether it is to be done.</summary>
    public required SetupState State { get; init; }

    /// <summary>
    /// POSIX sh, run as root when the state is <see cref="SetupState.Change"/>; running it again does no harm.
    /// </summary>
    public string Script { get; init; } = "";

    /// <summary>What the server shall keep of the configuration, where the script is rules of the firewall; null elsewhere.</summary>
    public FirewallFragment? Fragment { get; init; }

    /// <summary>Why it is deferred, and what to do; empty otherwise.</summary>
    public string Note { get; init; } = "";
}

/// <summary>What stands in the way on a server.</summary>
/// <param name="Fact">What is wrong.</param>
/// <param name="Cure">What to do about it.</param>
public sealed record SetupProblem(string Fact, string Cure);

/// <summary>What is to be done on one server.</summary>
public sealed record SetupPlan
{
    /// <summary>The server.</summary>
    public required ServerFacts Server { get; init; }

    /// <summary>What must be mended first; with any, nothing is done.</summary>
    public ImmutableArray<SetupProblem> Problems { get; init; } = [];

    /// <summary>What a person should know.</summary>
    public ImmutableArray<string> Notices { get; init; } = [];

    /// <summary>The steps, in order.</summary>
    public ImmutableArray<SetupStep> Steps { get; init; } = [];

    /// <summary>The ports that the firewall shall let in from everywhere; empty when there shall be none.</summary>
    public ImmutableArray<OpenPort> OpenPorts { get; init; } = [];

    /// <summary>The ports that it shall let in from the fleets of the server's configurations.</summary>
    public ImmutableArray<OpenPort> FleetPorts { get; init; } = [];

    /// <summary>The steps that change something.</summary>
    public IEnumerable<SetupStep> Changes => Steps.Where(s => s.State == SetupState.Change);
}
