using System.Net;
using System.Net.Sockets;
using Lotse.Hosts.Local;

namespace Lotse.Hosts.Tests.Local;

public sealed class EngineProbeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task No_socket_is_absent() =>
        Assert.Equal(ProbeOutcome.Absent, (await ProbeAsync($"unix://{_folder["none.sock"]}")).Outcome);

    [Theory]
    [InlineData("ssh://somebody@somewhere")]
    [InlineData("docker.sock")]
    [InlineData("")]
    public async Task Other_kinds_of_addresses_are_unusable(string address) =>
        Assert.Equal(ProbeOutcome.Unusable, (await ProbeAsync(address)).Outcome);

    [Fact]
    public async Task A_socket_nobody_listens_at_is_silent()
    {
        var path = _folder["left.sock"];
        using (var left = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            left.Bind(new UnixDomainSocketEndPoint(path));
            Assert.Equal(ProbeOutcome.Silent, (await ProbeAsync($"unix://{path}")).Outcome);
        }
    }

    [Fact]
    public async Task A_server_that_never_answers_is_silent_after_the_deadline()
    {
        using var listener = Listen();
        var probed = await ProbeAsync(Address(listener), TimeSpan.FromMilliseconds(50));
        Assert.Equal(ProbeOutcome.Silent, probed.Outcome);
    }

    [Theory]
    [InlineData(
        "HTTP/1.1 200 OK\r\nApi-Version: 1.43\r\nServer: Docker/24 (linux)\r\nContent-Length: 2\r\n\r\nOK",
        true
    )]
    [InlineData("HTTP/1.1 404 Not Found\r\nServer: nginx\r\nContent-Length: 0\r\n\r\n", false)]
    [InlineData("220 mail ready\r\n", false)]
    public async Task Only_what_names_an_api_version_is_an_engine(string answer, bool isEngine)
    {
        using var listener = Listen();
        var served = AnswerAsync(listener, answer);
        var probed = await ProbeAsync(Address(listener));
        await served;
        Assert.Equal(isEngine ? ProbeOutcome.Answers : ProbeOutcome.NotAnEngine, probed.Outcome);
        Assert.Equal(isEngine ? new Version(1, 43) : null, probed.ApiVersion);
    }

    public void Dispose() => _folder.Dispose();

    private static Task<ProbedEngine> ProbeAsync(string address, TimeSpan? deadline = null) =>
        EngineProbe.ProbeAsync(
            new(address, "a test"),
            deadline ?? TimeSpan.FromSeconds(30),
            TimeProvider.System,
            TestContext.Current.CancellationToken
        );

    private static Socket Listen()
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        return listener;
    }

    private static string Address(Socket listener) => $"tcp://{listener.LocalEndPoint}";

    private static async Task AnswerAsync(Socket listener, string answer)
    {
        using var connection = await listener.AcceptAsync();
        await connection.ReceiveAsync(new byte[4096]);
        await connection.SendAsync(System.Text.Encoding.ASCII.GetBytes(answer));
    }
}
