using Gocatest.Storage;

namespace Gocatest.Contracts;

/// <summary>The payload of a live event about the database.</summary>
internal sealed record DatabaseAnswer
{
    public required DatabaseState Database { get; init; }
}
