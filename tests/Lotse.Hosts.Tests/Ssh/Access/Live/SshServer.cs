using System.Collections.Concurrent;
using System.Diagnostics;

namespace Lotse.Hosts.Tests.Ssh.Access.Live;

/// <summary>A real sshd on 127.0.0.1 with host keys, configuration and authorized keys of its own; the user is the one that runs the tests.</summary>
internal sealed class SshServer : IAsyncDisposable
{
    private readonly string folder;
    private readonly Process process;
    private readonly ConcurrentQueue<string> said = [];
    private readonly TaskCompletionSource listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task reading;

    private SshServer(string folder, Process process, int port)
    {
        this.folder = folder;
        this.process = process;
        Port = port;
        reading = ReadAsync();
    }

    public int Port { get; }

    public static string User => Environment.UserName;

    /// <summary>What it has said until now; a connection's own process says more at a <c>LogLevel</c> of its configuration.</summary>
    public IReadOnlyList<string> Log => [.. said];

    public string AuthorizedKeys => Path.Combine(folder, "authorized_keys");

    /// <summary>A line of known_hosts for one of its keys.</summary>
    public string KnownHost(string kind = "ed25519", string host = "127.0.0.1") =>
        $"[{host}]:{Port} {string.Join(' ', HostKey(kind).Split(' ').Take(2))}";

    public string Fingerprint(string kind = "ed25519") => SshTools.Fingerprint(HostKeyFile(kind) + ".pub");

    public string HostKeyFile(string kind) => Path.Combine(folder, $"host_{kind}");

    /// <param name="root">A folder of the test's own.</param>
    /// <param name="kinds">The kinds of host keys it has.</param>
    /// <param name="options">Further lines of its configuration.</param>
    public static async Task<SshServer> StartAsync(string root, string[] kinds, params string[] options)
    {
        await SshTools.RequireAsync();
        var folder = Directory.CreateDirectory(Path.Combine(root, Path.GetRandomFileName())).FullName;
        foreach (var kind in kinds)
        {
            SshTools.MakeKey(Path.Combine(folder, $"host_{kind}"), kind, "");
        }

        File.WriteAllText(Path.Combine(folder, "authorized_keys"), "");
        using var port = new HeldPort();
        string[] config =
        [
            $"Port {port.Number}",
            "ListenAddress 127.0.0.1",
            .. kinds.Select(k => $"HostKey {Path.Combine(folder, $"host_{k}")}"),
            $"AuthorizedKeysFile {Path.Combine(folder, "authorized_keys")}",
            $"PidFile {Path.Combine(folder, "pid")}",
            "PermitRootLogin prohibit-password",
            "PasswordAuthentication no",
            "KbdInteractiveAuthentication no",
            "StrictModes no",
            "UsePAM no",
            // Below the first level bash(1) does not read this user's ~/.bashrc, whose programs may take seconds and write errors.
            "SetEnv SHLVL=1",
            .. options,
        ];
        var file = Path.Combine(folder, "sshd_config");
        await File.WriteAllLinesAsync(file, config, TestContext.Current.CancellationToken);
        var process = Process.Start(
            new ProcessStartInfo(SshTools.Sshd, ["-D", "-e", "-f", file]) { RedirectStandardError = true }
        )!;
        var server = new SshServer(folder, process, port.Number);
        try
        {
            await server.WaitAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public void Authorize(string publicKeyFile) => File.AppendAllText(AuthorizedKeys, File.ReadAllText(publicKeyFile));

    public async ValueTask DisposeAsync()
    {
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(CancellationToken.None);
        await reading;
        process.Dispose();
    }

    private string HostKey(string kind) => File.ReadAllText(HostKeyFile(kind) + ".pub");

    /// <summary>Waits until it says that it listens, however long that takes on a busy machine: one that cannot listen ends.</summary>
    private async Task WaitAsync()
    {
        if (await Task.WhenAny(listening.Task, reading) == reading)
        {
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            throw new InvalidOperationException(
                $"sshd ended with exit code {process.ExitCode}: {string.Join('\n', said)}"
            );
        }
    }

    /// <summary>Reads to the end: a full pipe would stop it.</summary>
    private async Task ReadAsync()
    {
        while (await process.StandardError.ReadLineAsync(CancellationToken.None) is { } line)
        {
            said.Enqueue(line);
            if (line.StartsWith("Server listening", StringComparison.Ordinal))
            {
                listening.TrySetResult();
            }
        }
    }
}
