namespace Lotse.Execution.Baking;

/// <summary>A release that was healthy before the switch turned bad once it had the traffic.</summary>
/// <param name="host">The host.</param>
/// <param name="container">The container that got the traffic.</param>
/// <param name="fact">What was wrong.</param>
/// <param name="log">The last lines that the container wrote.</param>
public sealed class ReleaseTurnedBadException(string host, string container, string fact, IReadOnlyList<string> log)
    : Exception(
        $"[{host}] {container}: {fact}.{string.Concat(log.Select(l => $"\n    | {l}"))}\n"
            + "  → See why it fails under real traffic; its health check should fail then, too. `bake` in deploy.yml sets for how long and how strictly it is watched."
    );
