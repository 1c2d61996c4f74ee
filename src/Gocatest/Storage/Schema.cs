using Npgsql;

namespace Gocatest.Storage;

/// <summary>The tables, made where they are missing.</summary>
internal static class Schema
{
    /// <summary>Names our lock among the database's advisory locks; every release must use the same number.</summary>
    public const long LockKey = 0x676f_6361_7465_7374;

    // "if not exists" alone does not save two sessions that create the same table at the same moment.
    private static readonly string Lock = $"select pg_advisory_xact_lock({LockKey})";

    private const string Tables = """
        create table if not exists notes (
            id bigint generated always as identity primary key,
            author text not null,
            body text not null,
            version text not null,
            host text not null,
            stored_at timestamptz not null default now()
        )
        """;

    /// <summary>Safe to call by any number of instances at once, and again.</summary>
    public static async Task EnsureAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await ExecuteAsync(Lock);
        await ExecuteAsync(Tables);
        await transaction.CommitAsync(cancel);

        async Task ExecuteAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection, transaction);
            await command.ExecuteNonQueryAsync(cancel);
        }
    }
}
