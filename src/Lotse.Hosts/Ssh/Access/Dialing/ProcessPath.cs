using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Lotse.Hosts.Ssh.Access.Dialing;

/// <summary>A command whose standard streams lead to the server (ssh_config(5), ProxyCommand), behind a port on 127.0.0.1 for one connection.</summary>
internal sealed class ProcessPath : HopPath
{
    private const int TroubleLength = 1000;
    private readonly string command;
    private readonly Process process;
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly StringBuilder errors = new();
    private readonly Task pumping;

    private ProcessPath(string command)
    {
        this.command = command;
        process = Start(command);
        process.ErrorDataReceived += (_, line) => Take(line.Data);
        process.BeginErrorReadLine();
        listener.Start(1);
        pumping = PumpAsync();
    }

    public override IReadOnlyList<IPEndPoint> EndPoints => [(IPEndPoint)listener.LocalEndpoint];

    public override string Via => $"through `{command}`";

    public override string Trouble
    {
        get
        {
            var ending = process.HasExited ? $"it ended with exit code {process.ExitCode}" : "";
            lock (errors)
            {
                return string.Join(": ", new[] { ending, errors.ToString().Trim() }.Where(t => t.Length > 0));
            }
        }
    }

    /// <summary>Starts the command by the system's shell.</summary>
    public static ProcessPath Open(string command) => new(command);

    public override async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
        }

        await pumping;
        process.Dispose();
        stop.Dispose();
    }

    private static Process Start(string command)
    {
        string[] shell = OperatingSystem.IsWindows() ? ["cmd.exe", "/d", "/c"] : ["/bin/sh", "-c"];
        var info = new ProcessStartInfo(shell[0], [.. shell[1..], command])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(info)!;
    }

    private async Task PumpAsync()
    {
        try
        {
            using var socket = await listener.AcceptSocketAsync(stop.Token);
            listener.Stop();
            await using var stream = new NetworkStream(socket);
            var up = CopyAsync(stream, process.StandardInput.BaseStream);
            var down = CopyAsync(process.StandardOutput.BaseStream, stream);
            await Task.WhenAny(up, down);
            socket.Shutdown(SocketShutdown.Both);
            await Task.WhenAll(up, down).WaitAsync(stop.Token);
        }
        catch (Exception ended) when (ended is OperationCanceledException or IOException or SocketException)
        {
            // One of the two sides is gone: whoever uses the connection sees that for itself.
        }
    }

    private async Task CopyAsync(Stream from, Stream to)
    {
        var buffer = new byte[32 * 1024];
        int count;
        while ((count = await from.ReadAsync(buffer, stop.Token)) > 0)
        {
            await to.WriteAsync(buffer.AsMemory(0, count), stop.Token);
            await to.FlushAsync(stop.Token);
        }
    }

    private void Take(string? line)
    {
        lock (errors)
        {
            if (line is not null && errors.Length < TroubleLength)
            {
                errors.AppendLine(line);
            }
        }
    }
}
