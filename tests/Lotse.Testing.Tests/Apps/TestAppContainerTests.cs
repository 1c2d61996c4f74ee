using Lotse.Testing.Apps;
using Lotse.Testing.Engine;
using Lotse.Testing.Load;

namespace Lotse.Testing.Tests.Apps;

public sealed class TestAppContainerTests(TestEngine engine) : IClassFixture<TestEngine>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_serves_behind_a_published_port_runs_out_of_memory_and_ends_when_asked_to()
    {
        await engine.RequireAsync(Token);
        var image = await TestAppImage.BuildAsync(engine, await engine.BuildAspNetAsync(Token), "v3", Token);

        await ServeAsync(image);
        await RunOutOfMemoryAsync(image);
    }

    private async Task ServeAsync(string image)
    {
        await using var app = await engine.RunAsync(new() { Image = image, Ports = [TestAppImage.Port] }, Token);
        await app.WaitForLineAsync(line => line.StartsWith("version v3 is listening"), Limit, Token);

        var address = await app.AddressAsync(TestAppImage.Port, Token);
        await using var load = await LoadGenerator.StartAsync(address, new LoadProfile(), Token);
        await load.WaitForVersionAsync("v3", 50, Limit, Token);
        (await load.StopAsync()).AssertNothingFailed();

        await app.StopAsync(Limit, Token);
        Assert.Equal(0, (await app.WaitForExitAsync(Limit, Token)).ExitCode);
    }

    private async Task RunOutOfMemoryAsync(string image)
    {
        var request = new ContainerRequest
        {
            Image = image,
            Memory = 64 << 20,
            Environment = new Dictionary<string, string> { ["MISBEHAVE"] = "out-of-memory" },
        };
        await using var app = await engine.RunAsync(request, Token);

        var exit = await app.WaitForExitAsync(Limit, Token);

        Assert.True(exit.OutOfMemory, exit.Log);
        Assert.Equal(137, exit.ExitCode);
    }
}
