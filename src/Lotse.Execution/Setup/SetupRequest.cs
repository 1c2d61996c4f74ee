using System.Collections.Immutable;
using Lotse.Execution.Ports;
using Lotse.Planning.Setup;

namespace Lotse.Execution.Setup;

/// <summary>Which servers shall be set up, and how.</summary>
public sealed record SetupRequest
{
    /// <summary>The servers' configured names.</summary>
    public required ImmutableArray<string> Hosts { get; init; }

    /// <summary>
    /// The users to log in as: the first who is let in is taken. Each is root or has sudo without a password.
    /// </summary>
    public ImmutableArray<string> Logins { get; init; } = ["root"];

    /// <summary>What the servers shall be.</summary>
    public SetupSettings Settings { get; init; } = new();

    /// <summary>
    /// How long a server waits for the deployer to confirm new firewall rules before it takes them back. Default: 60 s.
    /// </summary>
    public TimeSpan ConfirmLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>After how long a port without an answer counts as silent. Default: 3 s.</summary>
    public TimeSpan ProbeLimit { get; init; } = TimeSpan.FromSeconds(3);
}

/// <summary>What a set-up needs of the world.</summary>
public sealed record SetupServices
{
    /// <summary>Logs in to servers.</summary>
    public required IServerConnector Servers { get; init; }

    /// <summary>Tries ports.</summary>
    public required IPortProbe Ports { get; init; }

    /// <summary>Takes what happens, of all servers at once.</summary>
    public required IProgress<SetupEvent> Observer { get; init; }

    /// <summary>Called with the servers on which an engine was installed: the hook <c>docker-setup</c>.</summary>
    public Func<IReadOnlyList<string>, CancellationToken, Task> EngineInstalled { get; init; } =
        (_, _) => Task.CompletedTask;

    /// <summary>Tells whether a holder of a lease lives.</summary>
    public required IProcessProbe Processes { get; init; }

    /// <summary>Who sets the servers up: <c>user@machine</c>.</summary>
    public required string Performer { get; init; }

    /// <summary>Tells attempts apart.</summary>
    public required IIdSource Ids { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }
}
