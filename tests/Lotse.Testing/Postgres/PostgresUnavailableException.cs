namespace Lotse.Testing.Postgres;

/// <summary>There is no PostgreSQL here and none can be installed; the message is a reason to skip with.</summary>
public sealed class PostgresUnavailableException : Exception
{
    internal PostgresUnavailableException(string reason)
        : base(reason) { }
}
