namespace Lotse.Registry;

/// <summary>How to start the embedded registry.</summary>
public sealed record RegistryOptions
{
    /// <summary>Directory of the store; created when absent. Any number of processes may share it.</summary>
    public required string Directory { get; init; }

    /// <summary>
    /// TCP port on 127.0.0.1 to use when it is free; null or a taken port gives an ephemeral one.
    /// Worth keeping between runs: an engine remembers per host and port which layers a registry has.
    /// </summary>
    public int? PreferredPort { get; init; }

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>
    /// Told of each transfer. Called on the thread that serves the request, by several at once: be quick, be
    /// thread-safe, do not throw.
    /// </summary>
    public IProgress<RegistryTransfer>? Progress { get; init; }

    /// <summary>
    /// Told of requests that failed on this side: storage that is full or fails, a lock that stays taken, a defect.
    /// What a client did wrong is answered to the client alone. Called as <see cref="Progress"/> is.
    /// </summary>
    public IProgress<RegistryException>? Failures { get; init; }

    /// <summary>
    /// An upload that got no byte for this long is dropped when the next one begins. Default: one hour.
    /// </summary>
    public TimeSpan UploadIdleTimeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long stopping waits for requests in flight before it cuts them off. Default: two seconds.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(2);
}
