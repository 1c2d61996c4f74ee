using System.Text;
using Lotse.Testing.Load;
using Lotse.Testing.Load.Wire;

namespace Lotse.Testing.Tests.Load;

public sealed class AnswerReaderTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello")]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-length:0\r\n\r\n", "")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", "hello")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello")]
    public async Task A_whole_answer_is_read(string bytes, string body)
    {
        var answer = await ReadAsync(bytes);

        Assert.Equal((200, body), (answer.Head.Status, answer.Text));
    }

    [Theory]
    [InlineData("", LoadFailureKind.ConnectionClosed)]
    [InlineData("HTTP/1.1 20", LoadFailureKind.Truncated)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n", LoadFailureKind.Truncated)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", LoadFailureKind.Truncated)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", LoadFailureKind.Truncated)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", LoadFailureKind.Truncated)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n", LoadFailureKind.Truncated)]
    [InlineData(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhello\r\n0\r\n\r\n",
        LoadFailureKind.BadAnswer
    )]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nhello", LoadFailureKind.Truncated)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nhello\r\n", LoadFailureKind.BadAnswer)]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nhello", LoadFailureKind.BadAnswer)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\nhello", LoadFailureKind.BadAnswer)]
    [InlineData("HTTP/1.1 200 OK\r\nno colon\r\n\r\n", LoadFailureKind.BadAnswer)]
    [InlineData("SSH-2.0-OpenSSH_9.2p1\r\n", LoadFailureKind.BadAnswer)]
    public async Task An_answer_that_is_not_whole_or_not_HTTP_is_told_apart(string bytes, LoadFailureKind kind)
    {
        var exception = await Assert.ThrowsAsync<WireException>(() => ReadAsync(bytes));

        Assert.Equal(kind, exception.Kind);
    }

    [Fact]
    public async Task A_truncated_answer_still_tells_its_status_and_version()
    {
        var exception = await Assert.ThrowsAsync<WireException>(() =>
            ReadAsync("HTTP/1.1 200 OK\r\nX-Version: v1\r\nContent-Length: 5\r\n\r\nhell")
        );

        Assert.Equal((200, "v1"), (exception.Head?.Status, exception.Head?["x-version"]));
    }

    [Fact]
    public async Task Bytes_after_the_answer_are_noticed()
    {
        using var stream = new MemoryStream("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nhello"u8.ToArray());
        var reader = new AnswerReader(stream);

        await reader.ReadAsync(Token);

        Assert.True(reader.HasUnreadBytes);
    }

    private static async Task<HttpAnswer> ReadAsync(string bytes)
    {
        using var stream = new MemoryStream(Encoding.ASCII.GetBytes(bytes));
        return await new AnswerReader(stream).ReadAsync(Token);
    }
}
