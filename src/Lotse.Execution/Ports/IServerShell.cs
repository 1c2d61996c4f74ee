namespace Lotse.Execution.Ports;

/// <summary>A shell on a server that need not have an engine yet.</summary>
public interface IServerShell : IAsyncDisposable
{
    /// <summary>The server's configured name.</summary>
    string Host { get; }

    /// <summary>The user who is logged in.</summary>
    string User { get; }

    /// <summary>The name or address that ports can be tried at from here; null when the way leads over another server.</summary>
    string? Address { get; }

    /// <summary>Its IP addresses as they are known here: another one than its own where addresses are translated.</summary>
    IReadOnlyList<string> KnownAddresses { get; }

    /// <summary>By how much its clock is ahead of this machine's, as its small files last told; negative when it is behind, null as long as that is not known.</summary>
    TimeSpan? ClockAhead => null;

    /// <summary>Small files in a folder on it, read and written as root.</summary>
    /// <param name="folder">The folder, absolute; made when something is written to it.</param>
    IHostStore Store(string folder);

    /// <summary>Runs a script by sh to its end; any exit code is an answer.</summary>
    /// <param name="action">What it is for, in words.</param>
    /// <param name="script">POSIX sh.</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="HostException">The connection broke, or the time is over.</exception>
    Task<CommandResult> RunAsync(string action, string script, TimeSpan limit, CancellationToken cancellation);
}

/// <summary>Logs in to servers.</summary>
public interface IServerConnector
{
    /// <summary>Makes a new connection.</summary>
    /// <param name="host">The server's configured name.</param>
    /// <param name="user">Whom to log in as.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="HostException">It cannot be reached, is not the one it should be, or does not let the user in.</exception>
    Task<IServerShell> ConnectAsync(string host, string user, CancellationToken cancellation);
}
