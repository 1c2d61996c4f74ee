namespace Lotse.Nuke.Deployments;

/// <summary>Some servers' host keys were not pinned; those of all others were.</summary>
/// <param name="problems">Each such server, and why.</param>
internal sealed class HostKeysMissingException(IReadOnlyList<string> problems)
    : Exception(
        $"These were not pinned; all others are:\n{string.Join('\n', problems.Select(p => $"  {p}"))}\n"
            + "  → A server that was not reached: make it reachable and run the same command again. A changed key: if nobody gave the server "
            + "a new one or installed it anew, somebody may stand between; do not go on. If it is what the server's own console says, run the "
            + "same command with --replace."
    );
