using System.Net.Sockets;
using System.Text.Json;
using Lotse.Proxy.Contract;

namespace Lotse.Proxy.Commands;

/// <summary>Sends a command to the running proxy and prints its answer.</summary>
internal static class ControlClient
{
    public static async Task<int> SendAsync(
        ProxyCommand command,
        string stateFolder,
        TextWriter output,
        TextWriter error
    )
    {
        var socket = Path.Combine(stateFolder, ProxyServer.SocketName);
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) =>
            {
                var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellation);
                return new NetworkStream(connection, ownsSocket: true);
            },
        };
        using var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        try
        {
            var request = JsonSerializer.SerializeToUtf8Bytes(
                new CommandRequest([.. command.ToArguments()]),
                ContractJson.Default.CommandRequest
            );
            using var answer = await client.PostAsync(new Uri("http://proxy/"), new ByteArrayContent(request));
            var text = await answer.Content.ReadAsStringAsync();
            return Print(command, (int)answer.StatusCode, text, output, error);
        }
        catch (HttpRequestException unreachable)
        {
            error.WriteLine(
                $"No proxy answers at {socket}: {unreachable.InnerException?.Message ?? unreachable.Message}. Start it with `lotse-proxy run`."
            );
            return 1;
        }
    }

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

        var lines = AnswerText.Of(command, status, text);
        (code == 0 ? output : error).WriteLine(lines);
        return code;
    }
}
