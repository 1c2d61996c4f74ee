namespace Lotse.Testing.Load;

/// <summary>In which way a client was failed.</summary>
public enum LoadFailureKind
{
    /// <summary>No connection.</summary>
    ConnectFailed,

    /// <summary>The connection broke, or was closed without an answer.</summary>
    ConnectionClosed,

    /// <summary>An answer whose status is not 200.</summary>
    Status,

    /// <summary>The connection was closed within the answer.</summary>
    Truncated,

    /// <summary>A whole answer with the wrong content.</summary>
    WrongContent,

    /// <summary>An answer that is not HTTP/1.1.</summary>
    BadAnswer,

    /// <summary>No whole answer in time.</summary>
    Timeout,

    /// <summary>A WebSocket ended otherwise than by a close frame with 1000 or 1001, or could not be closed.</summary>
    UncleanClose,
}

/// <summary>What a client was doing.</summary>
public enum LoadKind
{
    /// <summary>Short requests on one connection.</summary>
    KeepAlive,

    /// <summary>Short requests, each on a connection of its own.</summary>
    NewConnection,

    /// <summary>Requests that stay in flight for long.</summary>
    Slow,

    /// <summary>POST whose body must come back.</summary>
    Echo,

    /// <summary>Answers that come in chunks over some time.</summary>
    Stream,

    /// <summary>Opening, messages with echo, and closing of WebSockets.</summary>
    WebSocket,
}

/// <summary>One failed request.</summary>
public sealed record LoadFailure
{
    /// <summary>What the client was doing.</summary>
    public required LoadKind Load { get; init; }

    /// <summary>In which way it failed.</summary>
    public required LoadFailureKind Kind { get; init; }

    /// <summary>When the request began, after the start of the load.</summary>
    public required TimeSpan Began { get; init; }

    /// <summary>When it failed, after the start of the load.</summary>
    public required TimeSpan Failed { get; init; }

    /// <summary>The status, if the answer had one.</summary>
    public int? Status { get; init; }

    /// <summary>The version that answered, if it said so.</summary>
    public string? Version { get; init; }

    /// <summary>The evidence: the chain of exceptions, or the beginning of the body.</summary>
    public required string Detail { get; init; }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Began.TotalSeconds:0.000}-{Failed.TotalSeconds:0.000} s {Load}: {Kind}"
        + $" status={Status?.ToString() ?? "none"} version={Version ?? "none"}: {Detail}";
}
