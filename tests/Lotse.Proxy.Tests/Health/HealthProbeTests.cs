using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Lotse.Proxy.Contract;
using Lotse.Proxy.Health;
using Lotse.Proxy.Targets;

namespace Lotse.Proxy.Tests.Health;

/// <summary>The probe against real sockets that behave in each of the ways that targets do.</summary>
public sealed class HealthProbeTests : IDisposable
{
    private readonly HttpMessageInvoker invoker = TargetConnections.ForProbes();
    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public HealthProbeTests() => listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    private string Url => $"http://{listener.LocalEndPoint}/up";

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, ProbeFault.None, null)]
    [InlineData("HTTP/1.1 503 Busy\r\nContent-Length: 7\r\n\r\nbooting", 503, ProbeFault.Status, "booting")]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: /in\r\nContent-Length: 0\r\n\r\n", 302, ProbeFault.Status, "")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", null, ProbeFault.Protocol, null)]
    [InlineData("", null, ProbeFault.Protocol, null)]
    public async Task It_says_what_was_answered(string answer, int? status, ProbeFault fault, string? body)
    {
        var report = await AskAsync(answer);

        Assert.Equal((status, fault, body), (report.Status, report.Fault, report.BodyStart));
        Assert.Equal(fault == ProbeFault.None, report.FaultText.Length == 0);
        Assert.NotNull(report.LastAt);
    }

    [Fact]
    public async Task Of_a_long_body_the_start_is_kept()
    {
        var answer = $"HTTP/1.1 500 Oh\r\nContent-Length: 100000\r\n\r\n{new string('x', 100_000)}";

        var report = await AskAsync(answer);

        Assert.Equal(500, report.BodyStart?.Length);
    }

    [Fact]
    public async Task Of_a_body_that_does_not_end_in_time_the_status_is_kept_and_what_came()
    {
        Serve("HTTP/1.1 500 Oh\r\nContent-Length: 100000\r\n\r\nbooting", isHeldOpen: true);

        var report = await ProbeAsync(Url, TimeSpan.FromSeconds(1));

        Assert.Equal((500, ProbeFault.Status, "booting"), (report.Status, report.Fault, report.BodyStart));
    }

    [Fact]
    public async Task A_port_that_nothing_listens_on_is_named()
    {
        var report = await ProbeAsync(Url, TimeSpan.FromSeconds(10));

        Assert.Equal(ProbeFault.ConnectionRefused, report.Fault);
        Assert.NotEmpty(report.FaultText);
    }

    [Fact]
    public async Task A_target_that_takes_the_connection_and_does_not_answer_times_out()
    {
        listener.Listen();

        var report = await ProbeAsync(Url, TimeSpan.FromMilliseconds(50));

        Assert.Equal(ProbeFault.Timeout, report.Fault);
    }

    [Fact]
    public async Task A_name_that_does_not_resolve_is_named()
    {
        var report = await ProbeAsync("http://no-such-target.invalid:80/up", TimeSpan.FromSeconds(20));

        Assert.Equal(ProbeFault.NameNotFound, report.Fault);
    }

    [Theory]
    [InlineData("")]
    [InlineData("example.com")]
    public async Task The_Host_header_is_the_targets_or_the_one_that_was_asked_for(string host)
    {
        var requests = Serve("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");

        await ProbeAsync(Url, TimeSpan.FromSeconds(20), host);

        var expected = host.Length == 0 ? listener.LocalEndPoint!.ToString() : host;
        var request = await requests.ReadAsync(TestContext.Current.CancellationToken);
        Assert.Contains($"Host: {expected}\r\n", request, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        listener.Dispose();
        invoker.Dispose();
    }

    private async Task<ProbeReport> AskAsync(string answer)
    {
        Serve(answer);
        return await ProbeAsync(Url, TimeSpan.FromSeconds(20));
    }

    private Task<ProbeReport> ProbeAsync(string url, TimeSpan timeout, string host = "") =>
        new HealthProbe(invoker, TimeProvider.System).AskAsync(
            url,
            new ServiceOptions { HealthCheckHost = host, HealthCheckTimeout = timeout },
            TestContext.Current.CancellationToken
        );

    /// <summary>Answers every connection with the same bytes, and hands out what was asked.</summary>
    private ChannelReader<string> Serve(string answer, bool isHeldOpen = false)
    {
        var requests = Channel.CreateUnbounded<string>();
        listener.Listen();
        _ = ServeAsync(answer, isHeldOpen, requests.Writer);
        return requests.Reader;
    }

    private async Task ServeAsync(string answer, bool isHeldOpen, ChannelWriter<string> requests)
    {
        var buffer = new byte[8192];
        try
        {
            while (true)
            {
                using var connection = await listener.AcceptAsync(TestContext.Current.CancellationToken);
                var count = await connection.ReceiveAsync(buffer);
                requests.TryWrite(Encoding.ASCII.GetString(buffer, 0, count));
                await connection.SendAsync(Encoding.ASCII.GetBytes(answer));
                if (isHeldOpen)
                {
                    await connection.ReceiveAsync(buffer);
                    continue;
                }

                connection.Shutdown(SocketShutdown.Send);
            }
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            requests.TryComplete();
        }
    }
}
