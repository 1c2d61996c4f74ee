using System.Runtime.CompilerServices;
using System.Text;
using Docker.DotNet;

namespace Lotse.Testing.Engine;

internal static class LogLines
{
    /// <summary>Both outputs as lines, in the order in which the engine sends them.</summary>
    public static async IAsyncEnumerable<string> ReadAsync(
        MultiplexedStream stream,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var buffer = new byte[8 << 10];
        var partial = new Dictionary<MultiplexedStream.TargetStream, string>();
        for (
            var read = await stream.ReadOutputAsync(buffer, 0, buffer.Length, cancellationToken);
            !read.EOF;
            read = await stream.ReadOutputAsync(buffer, 0, buffer.Length, cancellationToken)
        )
        {
            var text = partial.GetValueOrDefault(read.Target, "") + Encoding.UTF8.GetString(buffer, 0, read.Count);
            var lines = text.Split('\n');
            partial[read.Target] = lines[^1];
            foreach (var line in lines.SkipLast(1))
            {
                yield return line;
            }
        }

        foreach (var rest in partial.Values.Where(rest => rest.Length > 0))
        {
            yield return rest;
        }
    }
}
