using Lotse.Execution.Ports;

namespace Lotse.Hosts.Ssh;

/// <summary>
/// Streams that stay open as long as somebody wants them: logs that are followed, terminals; and commands that wait for something: a health gate, a drain. They must not take the channels that requests need, of which a
/// connection has few: the first goes over the host's own connection, further ones over connections of their own, as many as it takes.
/// </summary>
/// <param name="own">The host's connection.</param>
/// <param name="further">Makes a further one, not connected yet.</param>
internal sealed class LongStreams(SshConnection own, Func<SshConnection> further) : IAsyncDisposable
{
    /// <summary>How many channels of the host's own connection are for these.</summary>
    public const int OnOwn = 1;
    private readonly Lock sync = new();
    private readonly List<Line> lines = [new Line(own, OnOwn)];

    /// <summary>Starts a command whose standard streams are a two-way stream.</summary>
    public async Task<Stream> OpenAsync(string action, string command, CancellationToken cancellation)
    {
        var line = Take();
        try
        {
            return await line.Connection.OpenStreamAsync(action, command, cancellation, () => Leave(line));
        }
        catch
        {
            Leave(line);
            throw;
        }
    }

    /// <summary>Runs a command to its end, however long it takes.</summary>
    public async Task<CommandResult> RunAsync(string action, string command, CancellationToken cancellation)
    {
        var line = Take();
        try
        {
            var forEver = Timeout.InfiniteTimeSpan;
            return await line.Connection.RunAsync(action, command, null, forEver, cancellation, isLong: true);
        }
        finally
        {
            Leave(line);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var line in lines.Skip(1))
        {
            await line.Connection.DisposeAsync();
        }
    }

    private Line Take()
    {
        lock (sync)
        {
            var line = lines.Find(l => l.Open < l.Most);
            if (line is null)
            {
                lines.Add(line = new Line(further(), SshConnection.MostChannels));
            }

            line.Open++;
            return line;
        }
    }

    private void Leave(Line line)
    {
        lock (sync)
        {
            line.Open--;
        }
    }

    private sealed class Line(SshConnection connection, int most)
    {
        public SshConnection Connection => connection;

        public int Most => most;

        public int Open { get; set; }
    }
}
