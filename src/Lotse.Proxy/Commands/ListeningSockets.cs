using System.Globalization;
using System.Net;
using Lotse.Proxy.Contract;

namespace Lotse.Proxy.Commands;

/// <summary>The TCP ports that listen in this network namespace, from <c>/proc/net/tcp</c> and <c>tcp6</c> (proc(5)).</summary>
internal static class ListeningSockets
{
    private const string Listen = "0A";
    private static readonly string[] Tables = ["tcp", "tcp6"];

    public static SocketsResult Read(string folder = "/proc/net") =>
        new([
            .. Tables
                .Select(name => Path.Combine(folder, name))
                .Where(File.Exists)
                .SelectMany(path => Parse(File.ReadLines(path)))
                .Distinct()
                .OrderBy(socket => socket.Port)
                .ThenBy(socket => socket.Address, StringComparer.Ordinal),
        ]);

    /// <summary>Reads the table's lines: the local address is the second field, the state the fourth.</summary>
    public static IEnumerable<ListeningSocket> Parse(IEnumerable<string> lines) =>
        lines
            .Skip(1)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields.Length > 3 && fields[3] == Listen)
            .Select(fields => Local(fields[1]))
            // The engine's own name server listens in every container.
            .Where(socket => socket.Address != "127.0.0.11");

    private static ListeningSocket Local(string field)
    {
        var parts = field.Split(':');
        var port = int.Parse(parts[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return new ListeningSocket(new IPAddress(Bytes(parts[0])).ToString(), port);
    }

    /// <summary>The kernel prints addresses as words of 32 bits in the machine's own order: little-endian on all that we run on.</summary>
    private static byte[] Bytes(string hex)
    {
        var bytes = Convert.FromHexString(hex);
        for (var word = 0; word < bytes.Length; word += 4)
        {
            Array.Reverse(bytes, word, 4);
        }

        return bytes;
    }
}
