namespace Lotse.Execution.Hooks;

/// <summary>The command on whose behalf hooks are called, in the words that Kamal's hooks know.</summary>
/// <param name="Command">The command: <c>deploy</c>, <c>rollback</c>, <c>app</c>.</param>
/// <param name="Performer">Who runs it: <c>user@machine</c>.</param>
/// <param name="Subcommand">What follows it, as in <c>app exec</c>; null when nothing does.</param>
/// <param name="Version">The version it is about; null when it is about none.</param>
/// <param name="Role">The role it is about; null for all.</param>
/// <param name="Commit">The version's commit; null when not known.</param>
public sealed record HookCommand(
    string Command,
    string Performer,
    string? Subcommand = null,
    string? Version = null,
    string? Role = null,
    string? Commit = null
);
