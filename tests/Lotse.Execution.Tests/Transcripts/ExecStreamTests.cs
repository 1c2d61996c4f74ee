using Lotse.Execution.Deployments;

namespace Lotse.Execution.Tests.Transcripts;

/// <summary>What a person's command writes is seen while it runs.</summary>
public sealed class ExecStreamTests
{
    [Fact]
    public async Task Lines_come_while_the_command_runs_and_one_that_is_left_is_told_of()
    {
        var token = TestContext.Current.CancellationToken;
        var fleet = new Fleet("web1");
        await fleet.DeployAsync("1");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(token);
        fleet.Hosts[0].Command = async (take, cancellation) =>
        {
            take("working");
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
        };
        var lines = new List<string>();
        var running = fleet
            .Operate()
            .ExecAsync(
                new ExecRequest { Command = "tool --token abc" },
                (host, line) =>
                {
                    lines.Add($"{host} {line}");
                    stop.Cancel();
                },
                stop.Token
            );
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal(["web1 working"], lines);
        Assert.StartsWith(
            "tool may still run in app-web-1:",
            Assert.Single(fleet.Warnings).Text,
            StringComparison.Ordinal
        );
    }
}
