using Gocatest.Configuration;
using Gocatest.Tests.Support;
using Lotse.Testing.Postgres;

[assembly: AssemblyFixture(typeof(PostgresFixture))]

namespace Gocatest.Tests.Support;

/// <summary>One PostgreSQL for all tests that leave it running; each takes a database of its own.</summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    private PostgresServer? server;
    private string reason = "";

    public async ValueTask InitializeAsync()
    {
        try
        {
            server = await PostgresServer.StartNewAsync(TestContext.Current.CancellationToken);
        }
        catch (PostgresUnavailableException e)
        {
            reason = e.Message;
        }
    }

    /// <summary>An empty database, or the test is skipped with the reason.</summary>
    internal async Task<DatabaseSettings> NewDatabaseAsync()
    {
        Assert.SkipWhen(server is null, reason);
        return await NewDatabaseAsync(server);
    }

    internal static async Task<DatabaseSettings> NewDatabaseAsync(PostgresServer server) =>
        new()
        {
            Host = PostgresServer.Host,
            Port = server.Port,
            User = PostgresServer.User,
            Name = await server.CreateDatabaseAsync(TestContext.Current.CancellationToken),
            Password = PostgresServer.Password,
        };

    /// <summary>A server that the test may stop, or the test is skipped with the reason.</summary>
    internal static async Task<PostgresServer> OwnServerAsync()
    {
        try
        {
            return await PostgresServer.StartNewAsync(TestContext.Current.CancellationToken);
        }
        catch (PostgresUnavailableException e)
        {
            Assert.Skip(e.Message);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
        {
            await server.DisposeAsync();
        }
    }
}
