using Lotse.Testing.Servers;

namespace Lotse.Servers.Tests.Workflows;

public sealed partial class StagingJob
{
    /// <summary>
    /// Changes the application by a line, as a team does between two deploys, and commits that.
    /// </summary>
    /// <param name="comment">The line.</param>
    /// <param name="settings">What staging's configuration says beside its servers, in YAML.</param>
    internal async Task ChangeAsync(string comment, string settings = "")
    {
        await ConfigureAsync(settings);
        var file = Path.Combine(Team, "src", "Gocatest", "Program.cs");
        await File.AppendAllTextAsync(file, $"// {comment}\n", Token);
        await CommitAsync(comment);
    }

    /// <summary>The same, for a server that is reached by a relay of this machine from now on.</summary>
    internal async Task ChangeAsync(string comment, DelayingRelay relay)
    {
        const string Address = "127.0.0.1";
        var file = Path.Combine(Team, "src", "Gocatest", "Program.cs");
        await File.AppendAllTextAsync(file, $"// {comment}\n", Token);
        var ssh = $"ssh:\n  port: {relay.Port}\n  keys: [{World.Spec.KeyFile}]\n";
        await File.WriteAllTextAsync(ConfigOf(Job), $"{Overlay([Address])}\n{ssh}", Token);
        var pins = World.Servers[0].HostKeys.Select(key => key.KnownHostsLine($"[{Address}]:{relay.Port}"));
        await File.AppendAllLinesAsync(Path.Combine(Team, "config", "known_hosts"), pins, Token);
        await CommitAsync(comment);
    }

    /// <summary>Writes staging's configuration, and commits nothing.</summary>
    /// <param name="settings">What it says beside its servers, in YAML.</param>
    internal Task ConfigureAsync(string settings = "") =>
        File.WriteAllTextAsync(ConfigOf(Job), $"{Overlay(Addresses)}\n{settings}", Token);

    /// <summary>Takes back what is not committed.</summary>
    internal Task RestoreAsync() => GitAsync(Team, "checkout", "--quiet", "--", ".");

    private List<string> Addresses => [.. World.Servers.Select(s => s.Address)];

    private string Overlay(List<string> servers)
    {
        var overlay = $"""
            service: {Service}
            image: {Service}
            servers:
              web: [{string.Join(", ", servers)}]
            env:
              clear:
                POSTGRES_HOST: {(World.Servers.Count == 1 ? $"{Service}-db" : servers[0])}
            accessories:
              db:
                host: {servers[0]}
            """;
        // The database stands on the first server: the others reach it by that one's address.
        return World.Servers.Count == 1 ? overlay : $"{overlay}\n    port: \"{servers[0]}:5432:5432\"";
    }

    private string ConfigOf(string destination) => Path.Combine(Team, "config", $"deploy.{destination}.yml");
}
