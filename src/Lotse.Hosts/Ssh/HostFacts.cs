using System.Collections.Immutable;
using System.Globalization;
using Lotse.Execution.Ports;

namespace Lotse.Hosts.Ssh;

/// <summary>What a server tells of itself at the start, all in one answer.</summary>
internal sealed record HostFacts
{
    /// <summary>Where all users of a server keep what they keep, so that each sees what the others do.</summary>
    public const string SharedFolder = "/var/lib/lotse";

    /// <summary>The script that asks; POSIX sh. It changes nothing. Its arguments: the name of the store, and the shared folder.</summary>
    public const string Script = """
        printf 'uid=%s\nhome=%s\nnow=%s\n' "$(id -u)" "$HOME" "$(date +%s)"
        printf 'docker=%s\n' "$(command -v docker)"
        if [ -r /var/run/docker.sock ] && [ -w /var/run/docker.sock ]; then echo engine=direct
        elif [ ! -S /var/run/docker.sock ]; then echo engine=none
        elif sudo -n true 2>/dev/null; then echo engine=sudo
        else echo engine=denied; fi
        own=${XDG_STATE_HOME:-$HOME/.local/state}/lotse
        if [ "$(id -u)" = 0 ]; then echo "state=$2"
        elif [ -d "$own/$1" ] && [ ! -d "$2/$1" ]; then printf 'state=%s\nplace=own\n' "$own"
        elif [ -w "$2" ]; then echo "state=$2"
        elif sudo -n true 2>/dev/null; then printf 'state=%s\nplace=sudo\n' "$2"
        elif [ -e "$2" ]; then printf 'state=%s\nplace=denied\n' "$2"
        else printf 'state=%s\nplace=own\n' "$own"; fi
        for table in /proc/net/tcp /proc/net/tcp6; do
          [ -r $table ] && awk '$4 == "0A" { print "listen=" $2 }' $table
        done
        root=$(sed -n 's/.*"data-root"[^"]*"\([^"]*\)".*/\1/p' /etc/docker/daemon.json 2>/dev/null)
        df -Pk / /var/lib/docker ${root:+"$root"} 2>/dev/null | awk 'NR > 1 { print "free=" $6 " " $4 }'
        """;

    /// <summary>The script that asks for one folder's disk anew; POSIX sh.</summary>
    public const string DiskScript = """df -Pk "$1" | awk 'NR > 1 { print "free=" $6 " " $4 }'""";

    /// <summary>The user's number; 0 is root.</summary>
    public int UserId { get; init; }

    /// <summary>The user's home.</summary>
    public string Home { get; init; } = "";

    /// <summary>The server's clock, in whole seconds; the default when it was not told.</summary>
    public DateTimeOffset Now { get; init; }

    /// <summary>Whether there is a <c>docker</c> command.</summary>
    public bool HasDocker { get; init; }

    /// <summary>How the engine can be reached.</summary>
    public EngineAccess Engine { get; init; }

    /// <summary>The folder for what is kept on the server.</summary>
    public string StateFolder { get; init; } = "";

    /// <summary>Whose that folder is.</summary>
    public StatePlace Place { get; init; }

    /// <summary>The TCP ports that something listens on.</summary>
    public ImmutableHashSet<int> ListeningPorts { get; init; } = [];

    /// <summary>Free bytes by mount point.</summary>
    public ImmutableDictionary<string, long> FreeBytes { get; init; } = ImmutableDictionary<string, long>.Empty;

    /// <summary>Reads the script's answer.</summary>
    public static HostFacts Parse(string text)
    {
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('=', 2))
            .Where(parts => parts.Length == 2)
            .ToLookup(parts => parts[0], parts => parts[1].Trim());
        string One(string key) => lines[key].FirstOrDefault() ?? "";
        return new HostFacts
        {
            UserId = int.TryParse(One("uid"), CultureInfo.InvariantCulture, out var id) ? id : -1,
            Home = One("home"),
            Now = long.TryParse(One("now"), CultureInfo.InvariantCulture, out var now)
                ? DateTimeOffset.FromUnixTimeSeconds(now)
                : default,
            HasDocker = One("docker").Length > 0,
            Engine = One("engine") switch
            {
                "direct" => EngineAccess.Direct,
                "sudo" => EngineAccess.Sudo,
                "denied" => EngineAccess.Denied,
                _ => EngineAccess.None,
            },
            StateFolder = One("state"),
            Place = One("place") switch
            {
                "own" => StatePlace.Own,
                "sudo" => StatePlace.BySudo,
                "denied" => StatePlace.Denied,
                _ => StatePlace.Shared,
            },
            ListeningPorts = [.. lines["listen"].Select(PortOf)],
            FreeBytes = lines["free"]
                .Select(line => line.Split(' '))
                .GroupBy(parts => parts[0])
                .ToImmutableDictionary(g => g.Key, g => 1024 * long.Parse(g.First()[1], CultureInfo.InvariantCulture)),
        };
    }

    /// <summary>How far the server's clock is ahead at least.</summary>
    /// <param name="asked">This machine's time before the question.</param>
    /// <param name="answered">Its time after the answer.</param>
    /// <returns>Negative when it is behind; null when the server told no time.</returns>
    public TimeSpan? ClockAhead(DateTimeOffset asked, DateTimeOffset answered) =>
        Now == default ? null : ClockDifference.After(null, Now, asked, answered);

    /// <summary>The disk that a folder lies on: the one with the longest mount point above it.</summary>
    public DiskSpace? DiskOf(string folder) =>
        FreeBytes
            .Where(m => m.Key == "/" || folder == m.Key || folder.StartsWith(m.Key + "/", StringComparison.Ordinal))
            .OrderByDescending(m => m.Key.Length)
            .Select(m => new DiskSpace(m.Key, m.Value))
            .FirstOrDefault();

    /// <summary>The port of an address as /proc/net/tcp writes it (proc_net_tcp in the kernel's documentation): <c>0100007F:1F90</c>.</summary>
    private static int PortOf(string address) =>
        int.Parse(
            address.AsSpan(address.IndexOf(':', StringComparison.Ordinal) + 1),
            NumberStyles.HexNumber,
            CultureInfo.InvariantCulture
        );
}

/// <summary>How a user may reach the engine.</summary>
internal enum EngineAccess
{
    /// <summary>There is no engine, or it does not run.</summary>
    None,

    /// <summary>As it is.</summary>
    Direct,

    /// <summary>By sudo, without a password.</summary>
    Sudo,

    /// <summary>There is one, and the user has no right to it.</summary>
    Denied,
}

/// <summary>Whose folder it is in which a user keeps what is kept on a server.</summary>
internal enum StatePlace
{
    /// <summary>That of all users, which this one may write.</summary>
    Shared,

    /// <summary>That of all users, which this one may write as root only.</summary>
    BySudo,

    /// <summary>That of all users is there, and this one may not write it.</summary>
    Denied,

    /// <summary>The user's own: others do not see it.</summary>
    Own,
}
