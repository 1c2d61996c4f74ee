using System.Net.Sockets;
using System.Text;

namespace Lotse.Proxy.Tests.Support;

/// <summary>Sends bytes and reads what comes until the other side closes.</summary>
internal static class RawClient
{
    public static async Task<string> SendAsync(Uri url, string request)
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var client = new TcpClient();
        await client.ConnectAsync(url.Host, url.Port, cancellation);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request), cancellation);
        using var answer = new MemoryStream();
        await stream.CopyToAsync(answer, cancellation);
        return Encoding.Latin1.GetString(answer.ToArray());
    }
}
