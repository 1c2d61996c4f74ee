using System.Net;
using System.Net.Sockets;
using System.Text;
using Gocatest.Tests.Support;
using Lotse.Testing.Processes;

namespace Gocatest.Tests.Hosting;

/// <summary>The program as the container runs it: start, signals, exit codes.</summary>
public sealed class ProcessTests(PostgresFixture postgres)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SIGTERM_ends_live_streams_properly_and_the_program_with_success()
    {
        await using var process = BoardProcess.Start();
        using var client = new HttpClient { BaseAddress = await BoardProcess.FrontendAsync(process) };
        await using var page = await LiveReader.OpenAsync(client, "/live");
        await page.NextAsync("release");

        process.Send(Signal.Terminate);
        var rest = await page.RestAsync();
        var result = await process.WaitForExitAsync(BoardProcess.Limit, Cancel);

        Assert.Equal("bye", rest[^1]);
        Assert.Equal(0, result.ExitCode);
        Assert.Equal("", result.Error);
    }

    [Fact]
    public async Task SIGTERM_lets_a_request_in_flight_finish_though_it_still_needs_the_backend_and_the_database()
    {
        await using var process = BoardProcess.Start(await postgres.NewDatabaseAsync());
        var address = await BoardProcess.FrontendAsync(process);
        using var slow = new TcpClient();
        await slow.ConnectAsync(IPAddress.Loopback, address.Port, Cancel);
        var stream = slow.GetStream();
        const string body = "author=Mira&text=Slow+but+sure";
        await SendAsync(stream, Head(body.Length) + body[..10]);
        await using (var page = await LiveReader.OpenAsync(new HttpClient { BaseAddress = address }, "/live"))
        {
            process.Send(Signal.Terminate);
            await page.RestAsync();
        }

        await RefusedAsync(address);
        await SendAsync(stream, body[10..]);
        using var reader = new StreamReader(stream);
        var answer = await reader.ReadToEndAsync(Cancel);
        var result = await process.WaitForExitAsync(BoardProcess.Limit, Cancel);

        Assert.StartsWith("HTTP/1.1 303 ", answer, StringComparison.Ordinal);
        Assert.Equal(0, result.ExitCode);
    }

    [Fact]
    public async Task Bad_settings_are_one_line_and_exit_code_2()
    {
        await using var process = BoardProcess.Start(("FRONTEND_PORT", "three"), ("POSTGRES_PORT", "x"));

        var result = await process.WaitForExitAsync(BoardProcess.Limit, Cancel);

        Assert.Equal(2, result.ExitCode);
        Assert.Equal("", result.Output);
        Assert.Equal(
            "gocatest: FRONTEND_PORT is 'three': use a whole number from 0 to 65535; "
                + "POSTGRES_PORT is 'x': use a whole number from 1 to 65535.",
            result.Error
        );
    }

    [Fact]
    public async Task A_taken_port_is_one_line_and_exit_code_1()
    {
        using var taken = Databases.Silent();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        await using var process = BoardProcess.Start(("FRONTEND_PORT", $"{port}"));

        var result = await process.WaitForExitAsync(BoardProcess.Limit, Cancel);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains($":{port}", Assert.Single(result.Error.Split('\n')), StringComparison.Ordinal);
    }

    private static string Head(int length) =>
        "POST /notes HTTP/1.1\r\nHost: board.test\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        + $"Content-Length: {length}\r\n\r\n";

    private static async Task SendAsync(NetworkStream stream, string text) =>
        await stream.WriteAsync(Encoding.ASCII.GetBytes(text), Cancel);

    /// <summary>Returns when the port accepts nobody any more, which comes soon after the signal.</summary>
    private static async Task RefusedAsync(Uri address)
    {
        var patience = Patience.Token;
        while (true)
        {
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync(IPAddress.Loopback, address.Port, patience);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
            {
                return;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
            {
                // It stood in the queue of the port in the moment in which that was closed.
            }
        }
    }
}
