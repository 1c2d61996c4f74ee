using System.Globalization;
using System.Net.Sockets;
using Gocatest.Live;
using Gocatest.Logging;
using Npgsql;

namespace Gocatest.Storage;

/// <summary>
/// Holds the one connection that listens for notes, makes the schema first, and comes back by itself after any outage.
/// </summary>
internal sealed class DatabaseKeeper(
    Lazy<NpgsqlDataSource> source,
    DatabaseGate gate,
    NoteStore store,
    Broadcast<BoardEvent> live,
    JsonLog log,
    TimeProvider time
)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly Queue<long> announced = new();
    private TimeSpan pause = FirstPause;

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await FollowAsync(stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
                when (e is NpgsqlException or SocketException or TimeoutException or DatabaseAwayException)
            {
                Lose(e);
                await Task.Delay(pause, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }

    private async Task FollowAsync(CancellationToken stop)
    {
        await using var connection = await source.Value.OpenConnectionAsync(stop);
        await Schema.EnsureAsync(connection, stop);
        connection.Notification += (_, note) =>
            announced.Enqueue(long.Parse(note.Payload, CultureInfo.InvariantCulture));
        await using (var listen = new NpgsqlCommand($"listen {NoteStore.Channel}", connection))
        {
            await listen.ExecuteNonQueryAsync(stop);
        }

        Gain();
        while (true)
        {
            await connection.WaitAsync(stop);
            await PublishAsync(stop);
        }
    }

    private async Task PublishAsync(CancellationToken stop)
    {
        while (announced.TryDequeue(out var id))
        {
            if (await store.FindAsync(id, stop) is { } note)
            {
                live.Publish(new BoardEvent.NoteStored(note));
            }
        }
    }

    private void Gain()
    {
        pause = FirstPause;
        if (gate.Set(DatabaseState.Up))
        {
            log.Info("database-up");
            live.Publish(new BoardEvent.DatabaseChanged(DatabaseState.Up));
        }
    }

    private void Lose(Exception e)
    {
        // The pool's other connections died with this one, or will not say so for a while.
        source.Value.Clear();
        announced.Clear();
        if (gate.Set(DatabaseState.Away))
        {
            log.Warn("database-away", $"{e.Message} It is tried again in the background.");
            live.Publish(new BoardEvent.DatabaseChanged(DatabaseState.Away));
        }
    }
}
