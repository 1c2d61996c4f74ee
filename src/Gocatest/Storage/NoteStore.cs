using System.Net.Sockets;
using Gocatest.Notes;
using Npgsql;
using NpgsqlTypes;

namespace Gocatest.Storage;

/// <summary>The notes in PostgreSQL.</summary>
/// <remarks>Every member throws <see cref="DatabaseAwayException"/> when it cannot be asked.</remarks>
internal sealed class NoteStore(Lazy<NpgsqlDataSource> source, DatabaseGate gate)
{
    /// <summary>The channel on which every stored note's id is announced to all instances.</summary>
    public const string Channel = "gocatest_notes";

    private const string Columns = "id, author, body, version, host, stored_at";

    // Announced when the transaction commits, so that whoever hears of a note can read it.
    private static readonly string Insert = $"""
        with stored as (
            insert into notes (author, body, version, host) values ($1, $2, $3, $4) returning {Columns}
        )
        select {Columns}, pg_notify('{Channel}', id::text) from stored
        """;

    private static readonly string Recent = $"select {Columns} from notes where id > $1 order by id desc limit $2";

    private static readonly string ById = $"select {Columns} from notes where id = $1";

    /// <summary>Stores a draft that <see cref="NoteRules"/> found no problem with.</summary>
    public async Task<Note> AddAsync(NoteDraft tidy, string version, string host, CancellationToken cancel) =>
        (await QueryAsync(Insert, [Text(tidy.Author!), Text(tidy.Text!), Text(version), Text(host)], cancel))[0];

    /// <summary>The newest notes with an id above <paramref name="after"/>, newest first.</summary>
    public Task<List<Note>> RecentAsync(long after, int limit, CancellationToken cancel) =>
        QueryAsync(Recent, [Number(after), Number(limit)], cancel);

    /// <summary>One note, or null where there is none.</summary>
    public async Task<Note?> FindAsync(long id, CancellationToken cancel) =>
        (await QueryAsync(ById, [Number(id)], cancel)).SingleOrDefault();

    /// <summary>Asks the database for an answer and nothing else.</summary>
    public Task PingAsync(CancellationToken cancel) =>
        GuardAsync(
            async () =>
            {
                await using var command = source.Value.CreateCommand("select 1");
                return await command.ExecuteScalarAsync(cancel);
            },
            cancel
        );

    private Task<List<Note>> QueryAsync(string sql, NpgsqlParameter[] parameters, CancellationToken cancel) =>
        GuardAsync(
            async () =>
            {
                await using var command = source.Value.CreateCommand(sql);
                command.Parameters.AddRange(parameters);
                await using var reader = await command.ExecuteReaderAsync(cancel);
                var notes = new List<Note>();
                while (await reader.ReadAsync(cancel))
                {
                    notes.Add(Read(reader));
                }

                return notes;
            },
            cancel
        );

    private async Task<T> GuardAsync<T>(Func<Task<T>> ask, CancellationToken cancel)
    {
        await gate.PassAsync(cancel);
        try
        {
            return await ask();
        }
        catch (Exception e) when (e is NpgsqlException or SocketException or TimeoutException)
        {
            throw new DatabaseAwayException("The database did not answer this time.", e);
        }
    }

    private static Note Read(NpgsqlDataReader row) =>
        new()
        {
            Id = row.GetInt64(0),
            Author = row.GetString(1),
            Text = row.GetString(2),
            Version = row.GetString(3),
            Host = row.GetString(4),
            StoredAt = row.GetFieldValue<DateTimeOffset>(5),
        };

    private static NpgsqlParameter<string> Text(string value) => new() { TypedValue = value };

    private static NpgsqlParameter<long> Number(long value) =>
        new() { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Bigint };
}
