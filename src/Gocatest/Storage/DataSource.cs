using Gocatest.Configuration;
using Npgsql;

namespace Gocatest.Storage;

/// <summary>How we connect: patience is short everywhere, because a visitor waits behind it.</summary>
internal static class DataSource
{
    private const int ConnectSeconds = 3;
    private const int CommandSeconds = 5;
    private const int CancelMilliseconds = 500;
    private const int KeepAliveSeconds = 5;
    private const int MostConnections = 20;

    public static NpgsqlDataSource Create(DatabaseSettings settings)
    {
        var connection = new NpgsqlConnectionStringBuilder
        {
            Host = settings.Host,
            Port = settings.Port,
            Username = settings.User,
            Database = settings.Name,
            Password = settings.Password.Length > 0 ? settings.Password : null,
            ApplicationName = "gocatest",
            Timeout = ConnectSeconds,
            CommandTimeout = CommandSeconds,
            CancellationTimeout = CancelMilliseconds,
            KeepAlive = KeepAliveSeconds,
            MaxPoolSize = MostConnections,
            GssEncryptionMode = GssEncryptionMode.Disable,
        };
        var builder = new NpgsqlSlimDataSourceBuilder(connection.ConnectionString);
        builder.EnableTransportSecurity();
        return builder.Build();
    }
}
