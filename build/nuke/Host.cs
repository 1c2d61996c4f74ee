namespace Nuke.Common;

/// <summary>Where a build runs: in a terminal or on a build server.</summary>
public class Host
{
    private Host(string name) => Name = name;

    internal static Host Terminal { get; } = new("Terminal");

    internal static Host GitHubActions { get; } = new("GitHubActions");

    internal static IReadOnlyList<Host> All { get; } = [GitHubActions, Terminal];

    internal string Name { get; }

    internal bool IsServer => this != Terminal;

    /// <inheritdoc />
    public override string ToString() => Name;
}
