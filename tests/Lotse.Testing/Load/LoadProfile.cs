namespace Lotse.Testing.Load;

/// <summary>Which clients there are, and what they do. The defaults fit Lotse.TestApp and leave two cores some air.</summary>
public sealed record LoadProfile
{
    /// <summary>Clients that keep their connection.</summary>
    public int KeepAliveWorkers { get; init; } = 2;

    /// <summary>Clients that take a new connection for each request.</summary>
    public int NewConnectionWorkers { get; init; } = 2;

    /// <summary>Clients that always have a slow request in flight.</summary>
    public int SlowWorkers { get; init; } = 2;

    /// <summary>Clients that post a body and check that it comes back.</summary>
    public int EchoWorkers { get; init; } = 1;

    /// <summary>Clients that read a streamed answer.</summary>
    public int StreamWorkers { get; init; } = 1;

    /// <summary>Clients that hold a WebSocket and take a new one when it is closed.</summary>
    public int WebSocketWorkers { get; init; } = 1;

    /// <summary>Short requests (keep-alive, new connection, echo) per second, all clients together.</summary>
    public int RequestsPerSecond { get; init; } = 120;

    /// <summary>The load ends by itself after this: nothing runs for ever. Then the report is not clean.</summary>
    public TimeSpan MaxDuration { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>A request without a whole answer after this is a failure; slow and streamed ones get their length on top.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The Host header; by default the authority of the address.</summary>
    public string? Host { get; init; }

    /// <summary>What keep-alive and new-connection clients get.</summary>
    public string Path { get; init; } = "/";

    /// <summary>Judges a short answer: (version header, body). By default the body must contain the version.</summary>
    public Func<string?, string, bool> IsExpected { get; init; } =
        (version, body) => version is not null && body.Contains(version, StringComparison.Ordinal);

    /// <summary>The header by which an answer tells its version.</summary>
    public string VersionHeader { get; init; } = "X-Version";

    /// <summary>How long a slow request is in flight.</summary>
    public TimeSpan SlowDuration { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>Chunks of a streamed answer.</summary>
    public int StreamChunks { get; init; } = 20;

    /// <summary>Time between two chunks.</summary>
    public TimeSpan StreamInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Bytes of an echoed body.</summary>
    public int EchoBytes { get; init; } = 16 << 10;

    /// <summary>Time between two messages of a WebSocket, and after a request of a slow or streaming client.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Measures offsets, pauses and time limits.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Only clients of short GET requests, for an application that has no other paths.</summary>
    public LoadProfile OnlyShortRequests() =>
        this with
        {
            SlowWorkers = 0,
            EchoWorkers = 0,
            StreamWorkers = 0,
            WebSocketWorkers = 0,
        };
}
