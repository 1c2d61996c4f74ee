using System.Net.Sockets;
using System.Text.Json;
using Lotse.Proxy.Contract;

namespace Lotse.Proxy.Commands;

/// <summary>Sends a command to the running proxy and prints its answer.</summary>
internal static class ControlClient
{
    public static async Task<int> SendAsync(ProxyCommand command, TextWriter output, TextWriter error)
    {
        var socket = command.Socket ?? Path.Combine(RunCommand.DefaultStateFolder, ProxyServer.SocketName);
        using var client = new HttpClient(ConnectTo(socket)) { Timeout = Timeout.InfiniteTimeSpan };
        try
        {
            var request = JsonSerializer.SerializeToUtf8Bytes(
                new CommandRequest([.. command.ToArguments()]),
                ContractJson.Default.CommandRequest
            );
            using var answer = await client.PostAsync(new Uri("http://proxy/"), new ByteArrayContent(request));
            return Print(command, (int)answer.StatusCode, await answer.Content.ReadAsStringAsync(), output, error);
        }
        catch (HttpRequestException unreachable) when (unreachable.InnerException is SocketException refused)
        {
            var what = File.Exists(socket) ? refused.Message : "there is no such socket";
            return Fail(
                $"No proxy answers at {socket}: {what}. Start it with `lotse-proxy run`, "
                    + "or name its control socket with --socket."
            );
        }
        catch (HttpRequestException cut)
        {
            return Fail($"The proxy at {socket} ended before it answered: {cut.Message} See its log.");
        }

        int Fail(string what)
        {
            error.WriteLine(what);
            return 1;
        }
    }

    internal static SocketsHttpHandler ConnectTo(string socket) =>
        new()
        {
            UseProxy = false,
            ConnectCallback = async (_, cancellation) =>
            {
                var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellation);
                    return new NetworkStream(connection, ownsSocket: true);
                }
                catch
                {
                    connection.Dispose();
                    throw;
                }
            },
        };

    private static int Print(ProxyCommand command, int status, string text, TextWriter output, TextWriter error)
    {
        var code = status switch
        {
            200 => 0,
            400 => 2,
            _ => 1,
        };
        if (command.Json)
        {
            output.WriteLine(text);
            return code;
        }

        var isResult = status is 200 or CommandEndpoint.InVain;
        (code == 0 ? output : error).WriteLine(isResult ? AnswerText.Of(command, text) : AnswerText.OfError(text));
        return code;
    }
}
