using System.Runtime.CompilerServices;
using System.Text;
using Docker.DotNet;

namespace Lotse.Hosts.Docker;

/// <summary>Splits the engine's stdout/stderr stream into lines, each stream on its own, so that halves of lines do not mix.</summary>
internal static class MultiplexedLines
{
    public static async IAsyncEnumerable<string> ReadAsync(
        MultiplexedStream stream,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var buffer = new byte[16 * 1024];
        var output = new LineSplitter();
        var error = new LineSplitter();
        while (true)
        {
            var read = await stream.ReadOutputAsync(buffer, 0, buffer.Length, cancellation);
            if (read.EOF)
            {
                break;
            }

            var splitter = read.Target == MultiplexedStream.TargetStream.StandardError ? error : output;
            foreach (var line in splitter.Add(buffer.AsSpan(0, read.Count)))
            {
                yield return line;
            }
        }

        foreach (var rest in new[] { output.Rest(), error.Rest() }.OfType<string>())
        {
            yield return rest;
        }
    }

    private sealed class LineSplitter
    {
        private readonly Decoder decoder = Encoding.UTF8.GetDecoder();
        private readonly StringBuilder pending = new();

        public List<string> Add(ReadOnlySpan<byte> bytes)
        {
            var chars = new char[bytes.Length];
            var count = decoder.GetChars(bytes, chars, flush: false);
            var lines = new List<string>();
            foreach (var c in chars.AsSpan(0, count))
            {
                if (c == '\n')
                {
                    lines.Add(pending.ToString().TrimEnd('\r'));
                    pending.Clear();
                }
                else
                {
                    pending.Append(c);
                }
            }

            return lines;
        }

        public string? Rest() => pending.Length == 0 ? null : pending.ToString();
    }
}
