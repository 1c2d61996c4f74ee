using Docker.DotNet;
using Docker.DotNet.Models;
using Lotse.Testing.Engine;

namespace Lotse.Testing.Tests.Engine;

public sealed class TestEngineTests(TestEngine engine) : IClassFixture<TestEngine>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_container_ends_with_its_exit_code_and_log()
    {
        await using var container = await RunShellAsync("echo one; echo two >&2; echo -n three; exit 7");

        var exit = await container.WaitForExitAsync(Limit, Token);

        Assert.Equal((7, false), (exit.ExitCode, exit.OutOfMemory));
        Assert.Equal(["one", "three", "two"], exit.Log.Split('\n').Order());
    }

    [Fact]
    public async Task A_line_of_the_log_is_waited_for_and_a_kill_is_seen()
    {
        await using var container = await RunShellAsync("echo ready; exec sleep 600");
        await container.WaitForLineAsync(line => line == "ready", Limit, Token);

        await container.KillAsync(Token);

        Assert.Equal(137, (await container.WaitForExitAsync(Limit, Token)).ExitCode);
    }

    [Fact]
    public async Task A_container_that_ends_without_the_line_shows_its_log()
    {
        await using var container = await RunShellAsync("echo broken");

        var exception = await Assert.ThrowsAsync<TimeoutException>(() =>
            container.WaitForLineAsync(line => line == "ready", Limit, Token)
        );

        Assert.Contains("broken", exception.Message);
    }

    [Fact]
    public async Task A_failing_build_shows_the_output_of_the_builder()
    {
        await engine.RequireAsync(Token);
        await using var context = new ImageContext("FROM scratch\nCOPY missing /\n");

        var exception = await Assert.ThrowsAnyAsync<Exception>(() => engine.BuildAsync("bad", context, Token));

        Assert.Contains("missing", exception.Message);
    }

    [Fact]
    public async Task Disposing_removes_all_that_carries_the_label_or_the_name_and_nothing_else()
    {
        await engine.RequireAsync(Token);
        var mine = new TestEngine();
        await mine.RequireAsync(Token);
        var image = await mine.BuildShellAsync(Token);
        var network = await mine.CreateNetworkAsync(Token);
        var container = await mine.RunAsync(
            new()
            {
                Image = image,
                Network = network,
                Command = Sleep,
            },
            Token
        );
        var volume = new VolumesCreateParameters { Name = mine.Name("data") };
        await mine.Client.Volumes.CreateAsync(volume, Token);
        await using var other = await RunShellAsync("exec sleep 600");

        await mine.DisposeAsync();

        var client = engine.Client;
        await AssertGoneAsync(() => client.Containers.InspectContainerAsync(container.Id, Token));
        await AssertGoneAsync(() => client.Networks.InspectNetworkAsync(network, Token));
        await AssertGoneAsync(() => client.Volumes.InspectAsync(volume.Name, Token));
        await AssertGoneAsync(() => client.Images.InspectImageAsync(image, Token));
        Assert.True((await other.InspectAsync(Token)).State.Running);
    }

    [Fact]
    public async Task What_a_dead_run_left_is_removed_and_what_a_living_one_has_is_not()
    {
        await engine.RequireAsync(Token);
        var dead = TestRun.Current with { ProcessId = int.MaxValue };
        await using var living = await RunShellAsync("exec sleep 600");
        await using var left = await RunShellAsync(
            "exec sleep 600",
            container => container.Labels = new Dictionary<string, string> { [TestEngine.Label] = $"{dead}-1" }
        );

        await engine.SweepDeadRunsAsync(TimeProvider.System.GetUtcNow(), Token);

        await AssertGoneAsync(() => left.InspectAsync(Token));
        Assert.True((await living.InspectAsync(Token)).State.Running);
    }

    private static readonly string[] Sleep = ["sh", "-c", "exec sleep 600"];

    private static async Task AssertGoneAsync(Func<Task> inspect)
    {
        var exception = await Assert.ThrowsAnyAsync<DockerApiException>(inspect);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, exception.StatusCode);
    }

    private async Task<TestContainer> RunShellAsync(string script, Action<CreateContainerParameters>? configure = null)
    {
        await engine.RequireAsync(Token);
        var request = new ContainerRequest
        {
            Image = await engine.BuildShellAsync(Token),
            Command = ["sh", "-c", script],
            Configure = configure ?? (_ => { }),
        };
        return await engine.RunAsync(request, Token);
    }
}
