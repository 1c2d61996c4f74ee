using System.Net;

namespace Lotse.Servers.Tests.Workflows;

public sealed partial class StagingCommandTests
{
    [Fact]
    public async Task All_other_commands_do_their_work_without_ssh_docker_or_kamal_on_the_path()
    {
        var old = await ServeAsync();
        await team.AssertLacksProgramsAsync();
        var hosts = team.World.Servers.Select(s => s.Address).ToList();
        await team.ChangeAsync("To go back from", Keys);

        string[] foreseen = [$"{old} → ", "(2 host(s))", $"  build {team.Service}:", $"  push {team.Service}:"];
        await SaysAsync(["Preview"], [.. foreseen, "Nothing was changed"]);
        await AssertServingAsync(old);
        Assert.Equal(0, (await team.BuildAsync(Deploy)).ExitCode);
        var made = await StagingJob.ServedAsync(team.World.Servers[1]);
        Assert.NotEqual(old, made);

        // What only looks needs no start of the program for each.
        await SaysAsync(
            ["Status", "Logs", "Exec", "Audit", "Prune", "--lines", "3", "--command", "dotnet --list-runtimes"],
            [
                .. hosts.Select(h => $"{h}: engine "),
                $"serves {made}",
                $"kept   {old}",
                .. hosts.Select(h => $"{h} {team.Service}-web-"),
                .. hosts.Select(h => $"{h} | Microsoft.NETCore"),
                .. hosts.Select(h => $"[{h}] {Performer}: deploy {made} from {old}"),
                "Nothing to prune",
            ]
        );

        await SaysAsync(["Maintenance", "--message", "Back at noon"], hosts.Select(h => $"[{h}] "));
        await AnswersAsync(HttpStatusCode.ServiceUnavailable, "Back at noon");
        await SaysAsync(["Live"], hosts.Select(h => $"[{h}] "));
        await AnswersAsync(HttpStatusCode.OK, "");
        await AssertServingAsync(made);

        await SaysAsync(["Rollback"], [$"{made} → {old}", .. hosts.Select(h => $"{old} serves on {h}")]);
        await AssertServingAsync(old);

        team.IsServing = false;
        await SaysAsync(["Remove", "--yes"], hosts.Select(h => $"[{h}] "));
        foreach (var server in team.World.Servers)
        {
            Assert.Equal("", await server.ExecAsync("docker ps --all --quiet", Token));
        }
    }

    private static string Performer => $"{Environment.UserName}@{Environment.MachineName}";

    private async Task SaysAsync(string[] command, IEnumerable<string> facts)
    {
        var ended = await team.BuildAsync([.. command, "--destination", "staging"]);
        Assert.Equal((command[0], 0), (command[0], ended.ExitCode));
        AssertNames(ended.Output, [.. facts]);
    }

    private async Task AnswersAsync(HttpStatusCode status, string text)
    {
        using var client = new HttpClient();
        foreach (var server in team.World.Servers)
        {
            using var answer = await client.GetAsync(FleetWorld.AddressOf(server), Token);
            Assert.Equal(status, answer.StatusCode);
            Assert.Contains(text, await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        }
    }
}
