using System.Net;
using System.Net.Sockets;
using Lotse.Testing.Apps;
using Lotse.Testing.Processes;

namespace Lotse.Testing.Tests.Apps;

/// <summary>The application must misbehave in exactly the way it is asked to.</summary>
public sealed class TestAppTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", HttpStatusCode.OK)]
    [InlineData("health-404", HttpStatusCode.NotFound)]
    [InlineData("health-500", HttpStatusCode.InternalServerError)]
    [InlineData("slow-start:200", HttpStatusCode.OK)]
    public async Task Its_health_is_as_told_and_the_rest_works(string misbehave, HttpStatusCode health)
    {
        await using var app = await TestAppProcess.StartAsync("v7", Token, misbehave);
        using var client = new HttpClient { BaseAddress = app.Address };

        Assert.Equal(health, (await client.GetAsync("/up", Token)).StatusCode);
        var page = await client.GetAsync("/", Token);

        Assert.Equal("version v7\n", await page.Content.ReadAsStringAsync(Token));
        Assert.Equal(["v7"], page.Headers.GetValues("X-Version"));
    }

    [Theory]
    [InlineData("exit-at-once", 3)]
    [InlineData("exit-after-start", 4)]
    [InlineData("spelling-mistake", 134)]
    public async Task It_exits_as_told(string misbehave, int exitCode)
    {
        var result = await TestProcess.RunAsync(TestAppProcess.Request("v1", misbehave), Limit, Token);

        Assert.Equal(exitCode, result.ExitCode);
        Assert.NotEmpty(result.Error);
    }

    [Fact]
    public async Task It_lives_without_listening()
    {
        await using var app = TestProcess.Start(TestAppProcess.Request("v1", "never-listen"));
        await app.WaitForLineAsync(line => line == "version v1 is listening on nothing", Limit, Token);

        app.Send(Signal.Terminate);

        Assert.Equal(0, (await app.WaitForExitAsync(Limit, Token)).ExitCode);
    }

    [Fact]
    public async Task It_listens_on_the_wrong_port()
    {
        var port = FreePort();

        await using var app = await TestAppProcess.StartAsync("v1", Token, "wrong-port", port);

        Assert.Equal(port + 1, app.Address.Port);
    }

    [Fact]
    public async Task It_ignores_SIGTERM_and_serves_on()
    {
        await using var app = await TestAppProcess.StartAsync("v1", Token, "ignore-sigterm");
        using var client = new HttpClient { BaseAddress = app.Address };

        app.Process.Send(Signal.Terminate);
        await app.Process.WaitForLineAsync(line => line == "ignoring SIGTERM", Limit, Token);

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/", Token)).StatusCode);
    }

    [Fact]
    public async Task It_finishes_a_request_in_flight_when_it_is_asked_to_end()
    {
        await using var app = await TestAppProcess.StartAsync("v1", Token);
        using var client = new HttpClient { BaseAddress = app.Address };
        using var answer = await client.GetAsync(
            "/stream?chunks=5&ms=100",
            HttpCompletionOption.ResponseHeadersRead,
            Token
        );

        app.Process.Send(Signal.Terminate);
        await app.Process.WaitForLineAsync(line => line == "stopping", Limit, Token);

        Assert.EndsWith("chunk 4\n", await answer.Content.ReadAsStringAsync(Token));
        Assert.Equal(0, (await app.Process.WaitForExitAsync(Limit, Token)).ExitCode);
    }

    /// <summary>A free port whose successor is free too.</summary>
    private static int FreePort()
    {
        for (var attempt = 0; attempt < 20; attempt++)
        {
            using var first = Listen(0);
            var port = ((IPEndPoint)first!.LocalEndpoint).Port;
            using var second = Listen(port + 1);
            if (second is not null)
            {
                return port;
            }
        }

        throw new InvalidOperationException("No two free ports stand side by side.");
    }

    private static TcpListener? Listen(int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return listener;
        }
        catch (SocketException)
        {
            listener.Dispose();
            return null;
        }
    }
}
