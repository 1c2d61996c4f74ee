using System.Globalization;
using System.Net.Sockets;

namespace Lotse.Hosts.Local;

/// <summary>
/// What a killed engine leaves behind. dockerd looks only at whether some process has the id in the file, and ids are used
/// again: a file whose process is another program keeps it from starting for ever.
/// </summary>
internal static class PidFiles
{
    /// <summary>The state letter in <c>/proc/ID/stat</c> (proc(5)) of a process that has ended and was not yet waited for.</summary>
    private const char Zombie = 'Z';

    /// <summary>The id in a pid file when a process of that name has it; null otherwise.</summary>
    public static int? LivingProcess(string pidFile, string name)
    {
        try
        {
            return
                int.TryParse(File.ReadAllText(pidFile).Trim(), CultureInfo.InvariantCulture, out var id)
                && File.ReadAllText($"/proc/{id}/stat") is var stat
                && stat[(stat.IndexOf('(') + 1)..stat.LastIndexOf(')')] == name
                && stat[stat.LastIndexOf(')') + 2] != Zombie
                ? id
                : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Removes a pid file unless its process lives and has that name; returns what was done, or null.</summary>
    public static string? RemoveStale(string pidFile, string name)
    {
        if (!File.Exists(pidFile) || LivingProcess(pidFile, name) is not null)
        {
            return null;
        }

        File.Delete(pidFile);
        return $"removed {pidFile}: no {name} has that process id";
    }

    /// <summary>Removes a socket at which nobody listens; returns what was done, or null.</summary>
    public static async Task<string?> RemoveDeadSocketAsync(string path, CancellationToken cancellation)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
            return null;
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.ConnectionRefused)
        {
            File.Delete(path);
            return $"removed {path}: nobody listens there";
        }
    }
}
