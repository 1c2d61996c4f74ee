using System.Net;
using System.Net.Sockets;
using Lotse.Testing.Processes;

namespace Lotse.Testing.Postgres;

/// <summary>A real PostgreSQL of a test's own: own data folder, a free port of 127.0.0.1, gone when disposed.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    /// <summary>Where it listens.</summary>
    public const string Host = "127.0.0.1";

    /// <summary>A superuser.</summary>
    public const string User = "tester";

    /// <summary>The user's password (SCRAM-SHA-256); demanded over TCP.</summary>
    public const string Password = "correct horse; battery='staple'";

    private const string ReadyLine = "database system is ready to accept connections";
    private const int MostPortsTried = 5;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly PostgresFolder _folder;
    private readonly string _programs;
    private TestProcess? _process;
    private int _databases;

    private PostgresServer(string programs, PostgresFolder folder)
    {
        _programs = programs;
        _folder = folder;
    }

    /// <summary>The port, the same after a stop and a start.</summary>
    public int Port { get; private set; }

    /// <summary>What the server wrote since it was started last.</summary>
    public IReadOnlyList<OutputLine> Log => _process?.Lines ?? [];

    /// <summary>Makes a cluster and starts it.</summary>
    /// <exception cref="PostgresUnavailableException">There is none here and none can be installed.</exception>
    /// <exception cref="TestProcessException">It did not start; the message has its output.</exception>
    public static async Task<PostgresServer> StartNewAsync(CancellationToken cancellationToken)
    {
        var programs = await PostgresPrograms.FindOrInstallAsync(cancellationToken);
        var server = new PostgresServer(programs, await PostgresFolder.CreateAsync(cancellationToken));
        try
        {
            await server.InitialiseAsync(cancellationToken);
            await server.StartOnFreePortAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes an empty database with a name of its own.</summary>
    /// <returns>The name.</returns>
    public async Task<string> CreateDatabaseAsync(CancellationToken cancellationToken)
    {
        var name = $"test_{Interlocked.Increment(ref _databases)}";
        await RunAsync("createdb", ["-h", _folder.Root, "-p", $"{Port}", "-U", User, name], cancellationToken);
        return name;
    }

    /// <summary>Ends every connection and the server (a "fast" shutdown), and returns when it is gone.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_process is { } process)
        {
            process.Send(Signal.Interrupt);
            await process.WaitForExitAsync(Limit, cancellationToken);
            await process.DisposeAsync();
            _process = null;
        }
    }

    /// <summary>Starts it again, with its data, on its port.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var server = _folder.AsOwner(
            Path.Combine(_programs, "postgres"),
            ["-D", _folder.Data, "-p", $"{Port}", "-k", _folder.Root, "-h", Host, "-F"]
        );
        _process = TestProcess.Start(server);
        await _process.WaitForLineAsync(l => l.Contains(ReadyLine, StringComparison.Ordinal), Limit, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None);
        _folder.Dispose();
    }

    private async Task InitialiseAsync(CancellationToken cancellationToken)
    {
        var password = Path.Combine(_folder.Root, "password");
        await File.WriteAllTextAsync(password, Password, cancellationToken);
        string[] arguments =
        [
            "-D",
            _folder.Data,
            "-U",
            User,
            "--pwfile",
            password,
            "--auth-local=trust",
            "--auth-host=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        ];
        await RunAsync("initdb", arguments, cancellationToken);
    }

    /// <summary>Another program may take the free port before we do: then another one is tried.</summary>
    private async Task StartOnFreePortAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            Port = FreePort();
            try
            {
                await StartAsync(cancellationToken);
                return;
            }
            catch (TestProcessException) when (attempt < MostPortsTried && _process!.HasExited)
            {
                await _process.DisposeAsync();
                _process = null;
            }
        }
    }

    private async Task RunAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        var request = _folder.AsOwner(Path.Combine(_programs, program), arguments);
        var result = await TestProcess.RunAsync(request, Limit, cancellationToken);
        Assert.True(result.ExitCode == 0, $"{request} ended with {result.ExitCode}:\n{result.Output}\n{result.Error}");
    }

    private static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }
}
