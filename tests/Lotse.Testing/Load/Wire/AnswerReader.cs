using System.Globalization;
using System.Text;

namespace Lotse.Testing.Load.Wire;

/// <summary>Reads HTTP/1.1 answers (RFC 9112) and takes nothing on trust: every body must show where it ends.</summary>
internal sealed class AnswerReader(Stream stream)
{
    private const int MostBytesInALine = 64 << 10;

    private readonly byte[] _buffer = new byte[16 << 10];
    private int _position;
    private int _filled;

    /// <summary>Bytes came that nobody asked for.</summary>
    public bool HasUnreadBytes => _position < _filled;

    public async Task<HttpAnswer> ReadAsync(CancellationToken cancellationToken)
    {
        await ExpectFirstByteAsync(cancellationToken);
        var head = await ReadHeadAsync(cancellationToken);
        while (head.IsInterim)
        {
            head = await ReadHeadAsync(cancellationToken);
        }

        try
        {
            return new HttpAnswer(head, await ReadBodyAsync(head, cancellationToken));
        }
        catch (WireException exception) when (exception.Head is null)
        {
            throw new WireException(exception.Kind, exception.Message, exception.InnerException) { Head = head };
        }
    }

    private async Task ExpectFirstByteAsync(CancellationToken cancellationToken)
    {
        if (!HasUnreadBytes)
        {
            await FillAsync(LoadFailureKind.ConnectionClosed, "without an answer", cancellationToken);
        }
    }

    private async Task<AnswerHead> ReadHeadAsync(CancellationToken cancellationToken)
    {
        var status = ParseStatus(await ReadLineAsync(cancellationToken));
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        for (
            var line = await ReadLineAsync(cancellationToken);
            line.Length > 0;
            line = await ReadLineAsync(cancellationToken)
        )
        {
            var colon = line.IndexOf(':');
            if (colon < 1)
            {
                throw new WireException(LoadFailureKind.BadAnswer, $"'{line}' is not a header.");
            }

            headers[line[..colon]] = line[(colon + 1)..].Trim();
        }

        return new AnswerHead(status, headers);
    }

    private static int ParseStatus(string line)
    {
        var parts = line.Split(' ', 3);
        var isStatusLine = parts.Length >= 2 && parts[0] == "HTTP/1.1";
        return isStatusLine && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var status)
            ? status
            : throw new WireException(LoadFailureKind.BadAnswer, $"'{line}' is not a status line.");
    }

    private Task<byte[]> ReadBodyAsync(AnswerHead head, CancellationToken cancellationToken)
    {
        if (head.IsChunked)
        {
            return ReadChunksAsync(cancellationToken);
        }

        return head.ContentLength is { } length
            ? ReadExactlyAsync(length, cancellationToken)
            : throw new WireException(
                LoadFailureKind.BadAnswer,
                "The answer has neither Content-Length nor chunks: nobody can tell whether it is whole."
            );
    }

    private async Task<byte[]> ReadChunksAsync(CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        while (true)
        {
            var size = await ReadLineAsync(cancellationToken);
            if (!int.TryParse(size, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var length) || length < 0)
            {
                throw new WireException(LoadFailureKind.BadAnswer, $"'{size}' is not the size of a chunk.");
            }

            body.Write(await ReadExactlyAsync(length, cancellationToken));
            var end = await ReadLineAsync(cancellationToken);
            if (end.Length > 0)
            {
                throw new WireException(LoadFailureKind.BadAnswer, $"'{end}' follows a chunk.");
            }

            if (length == 0)
            {
                return body.ToArray();
            }
        }
    }

    private async Task<byte[]> ReadExactlyAsync(int length, CancellationToken cancellationToken)
    {
        var bytes = new byte[length];
        for (var done = 0; done < length; )
        {
            await ExpectMoreAsync($"after {done} of {length} bytes", cancellationToken);
            var count = Math.Min(_filled - _position, bytes.Length - done);
            _buffer.AsSpan(_position, count).CopyTo(bytes.AsSpan(done));
            _position += count;
            done += count;
        }

        return bytes;
    }

    private async Task<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        var line = new StringBuilder();
        while (true)
        {
            await ExpectMoreAsync("within a line", cancellationToken);
            var next = (char)_buffer[_position++];
            if (next == '\n')
            {
                return line.ToString().TrimEnd('\r');
            }

            line.Append(next);
            if (line.Length > MostBytesInALine)
            {
                throw new WireException(LoadFailureKind.BadAnswer, "A line of the answer does not end.");
            }
        }
    }

    private async ValueTask ExpectMoreAsync(string where, CancellationToken cancellationToken)
    {
        if (!HasUnreadBytes)
        {
            await FillAsync(LoadFailureKind.Truncated, where, cancellationToken);
        }
    }

    private async Task FillAsync(LoadFailureKind kindIfClosed, string where, CancellationToken cancellationToken)
    {
        _position = 0;
        _filled = 0;
        try
        {
            _filled = await stream.ReadAsync(_buffer, cancellationToken);
        }
        catch (IOException exception)
        {
            throw new WireException(kindIfClosed, $"The connection broke {where}.", exception);
        }

        if (_filled == 0)
        {
            throw new WireException(kindIfClosed, $"The connection was closed {where}.");
        }
    }
}
