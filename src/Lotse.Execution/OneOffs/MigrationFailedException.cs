namespace Lotse.Execution.OneOffs;

/// <summary>The migration failed: nothing of the new release was started.</summary>
/// <param name="host">The host it ran on.</param>
/// <param name="command">The command.</param>
/// <param name="fact">How it ended.</param>
/// <param name="output">The last lines it wrote.</param>
public sealed class MigrationFailedException(string host, string command, string fact, IReadOnlyList<string> output)
    : Exception(Compose(host, command, fact, output))
{
    private static string Compose(string host, string command, string fact, IReadOnlyList<string> output) =>
        $"[{host}] the migration `{command}` {fact}.{string.Concat(output.Select(l => $"\n    | {l}"))}\n"
        + "  → Nothing of the new release was started. Mend the migration, and look at what it did to the data before you deploy again.";
}
