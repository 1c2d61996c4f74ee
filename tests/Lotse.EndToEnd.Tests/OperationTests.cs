using Lotse.EndToEnd.Host;
using Lotse.Execution.Deployments;

namespace Lotse.EndToEnd.Tests;

/// <summary>Commands and logs on a real engine.</summary>
[Collection(SharedEngine.OneByOne)]
public sealed class OperationTests(SharedEngine shared)
{
    private const string Command = "dotnet Lotse.TestApp.dll migrate fail";
    private readonly List<string> lines = [];

    [Fact]
    public async Task Commands_run_in_the_container_or_in_one_of_their_own_and_logs_outlive_a_release()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var world = await shared.CreateAsync(cancellation);
        await world.DeployAsync("first");
        await world.DeployAsync("second");
        var operations = world.Deployer.Operate(new ReleaseSpec("second"));
        var name = $"{world.Spec.Service}-web-second";

        var inside = await operations.ExecAsync(new ExecRequest { Command = Command }, Take, cancellation);
        Assert.Equal([new ExecResult("local", 6)], inside);
        Assert.Equal([$"local migrating to second as {name}"], lines);

        lines.Clear();
        var oneOff = new ExecRequest { Command = Command, IsOneOff = true };
        Assert.Equal([new ExecResult("local", 6)], await operations.ExecAsync(oneOff, Take, cancellation));
        var exec = $"{world.Spec.Service}-exec-second";
        Assert.StartsWith($"local migrating to second as {exec}", Assert.Single(lines), StringComparison.Ordinal);
        Assert.Empty(await world.Engine.ListAsync(exec, cancellation));

        lines.Clear();
        var old = new LogRequest { Release = "first" };
        await operations.ReadLogsAsync(old, Take, cancellation);
        Assert.Contains(lines, l => l.Contains("version first is listening", StringComparison.Ordinal));
        lines.Clear();
        await operations.ReadLogsAsync(old with { Since = DateTimeOffset.UnixEpoch.AddYears(100) }, Take, cancellation);
        Assert.Empty(lines);

        Assert.Empty(await operations.PruneAsync(cancellation));
        await world.AssertAtRestAsync("second");
    }

    private void Take(string from, string line) => lines.Add($"{from} {line}");
}
