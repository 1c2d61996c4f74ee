using Gocatest.Storage;
using Gocatest.Tests.Support;
using Npgsql;

namespace Gocatest.Tests.Storage;

public sealed class SchemaTests(PostgresFixture postgres)
{
    private const int Instances = 8;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Instances_that_start_at_once_make_the_schema_once()
    {
        await using var source = DataSource.Create(await postgres.NewDatabaseAsync());
        var connections = new List<NpgsqlConnection>();
        for (var i = 0; i < Instances; i++)
        {
            connections.Add(await source.OpenConnectionAsync(Cancel));
        }

        await Task.WhenAll(connections.Select(c => Schema.EnsureAsync(c, Cancel)));

        Assert.Equal(1L, await ScalarAsync(connections[0], "select count(*) from pg_tables where tablename = 'notes'"));
        await Task.WhenAll(connections.Select(c => c.DisposeAsync().AsTask()));
    }

    [Fact]
    public async Task Whoever_comes_second_waits_for_the_first()
    {
        await using var source = DataSource.Create(await postgres.NewDatabaseAsync());
        await using var first = await source.OpenConnectionAsync(Cancel);
        await using var second = await source.OpenConnectionAsync(Cancel);
        await using var watcher = await source.OpenConnectionAsync(Cancel);
        await ScalarAsync(first, $"select 1 from pg_advisory_lock({Schema.LockKey})");

        var ensure = Schema.EnsureAsync(second, Cancel);
        await WaitingAsync(watcher, second.ProcessID);
        Assert.Equal(0L, await ScalarAsync(watcher, "select count(*) from pg_tables where tablename = 'notes'"));
        await ScalarAsync(first, $"select pg_advisory_unlock({Schema.LockKey})");
        await ensure;

        Assert.Equal(1L, await ScalarAsync(watcher, "select count(*) from pg_tables where tablename = 'notes'"));
    }

    [Fact]
    public async Task Two_whole_instances_may_start_at_once_on_an_empty_database()
    {
        var database = await postgres.NewDatabaseAsync();
        var boards = await Task.WhenAll(TestBoard.StartAsync(database), TestBoard.StartAsync(database, "2.0.0"));
        await using var one = boards[0];
        await using var other = boards[1];

        (await one.PostFormAsync("Mira", "one")).Dispose();
        (await other.PostFormAsync("Mira", "two")).Dispose();

        Assert.Equal(["two", "one"], await one.ListAsync());
        Assert.Equal(await one.ListAsync(), await other.ListAsync());
    }

    /// <summary>Returns when the session stands still at an advisory lock; PostgreSQL has no event for that.</summary>
    private static async Task WaitingAsync(NpgsqlConnection watcher, int session)
    {
        var patience = Patience.Token;
        var sql = $"select count(*) from pg_locks where locktype = 'advisory' and not granted and pid = {session}";
        while (!Equals(await ScalarAsync(watcher, sql), 1L))
        {
            patience.ThrowIfCancellationRequested();
        }
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Cancel);
    }
}
