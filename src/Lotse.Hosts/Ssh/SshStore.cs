using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Lotse.Execution.Ports;

namespace Lotse.Hosts.Ssh;

/// <summary>A server's small files, in a folder there that only its owner and a group may read. Their texts travel on standard input only.</summary>
/// <param name="connection">The connection.</param>
/// <param name="folder">The folder.</param>
/// <param name="clock">Hears the server's time with each answer.</param>
/// <param name="wrap">Makes of a script one that runs it, as another user say; null for the script itself.</param>
/// <param name="lockLimit">How long a writer waits for another one, in whole seconds; null for <see cref="LockLimit"/>.</param>
internal sealed class SshStore(
    SshConnection connection,
    string folder,
    ServerClock clock,
    Func<string, string>? wrap = null,
    TimeSpan? lockLimit = null
) : IHostStore, IDisposable
{
    private const int Differs = 9;
    private const int Missing = 8;

    /// <summary>How long a read or a write may take.</summary>
    internal static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>How long a writer waits for another one: less than a write may take, so that it is told who holds the lock.</summary>
    internal static readonly TimeSpan LockLimit = TimeSpan.FromSeconds(20);

    /// <summary>
    /// What is appended is a log that is written beside the work: it takes one of the connection's few commands at a time, so that what the work waits for finds
    /// another one free.
    /// </summary>
    private readonly SemaphoreSlim appending = new(1);

    /// <summary>Ends each text. No JSON text contains it unescaped (RFC 8259, section 7), and all that is kept here is JSON.</summary>
    private const char End = '\x1c';

    /// <summary>The server's time; then each file's text or, where there is none, nothing, after a sign that tells which.</summary>
    private const string ReadScript = """
        date +%s; printf '\034'
        cd "$1" 2>/dev/null || exit 8
        shift
        for file; do
          if [ -e "$file" ]; then printf + && cat "$file" || exit 1; else printf -- -; fi
          printf '\034'
        done
        """;

    /// <summary>
    /// One at a time, under a lock that the kernel frees when its holder dies; who waits for it gives up before it is given up itself. What arrives is counted: half a
    /// text changes nothing. What root makes is for all who may use the engine, what root once made for itself included; what is in folders of accessories is not
    /// touched.
    /// </summary>
    private const string Enter = """
        set -e
        begun=$(date +%s)
        export LC_ALL=C
        umask 0007
        share() {
          getent group docker >/dev/null 2>&1 || return 0
          [ -d "$1" ] || mkdir -p "$1"
          chgrp $2 docker "$1"
          chmod $2 u+rwX,g+rwX,o= "$1"
          chmod g+s "$1"
        }
        if [ "$(id -u)" = 0 ]; then
          [ -g "${1%/*}" ] || share "${1%/*}" ''
          [ -g "$1" ] || share "$1" -R
        fi
        mkdir -p "$1"
        cd "$1"
        cat > ".in.$$"
        trap 'rm -f ".in.$$"' EXIT
        [ "$(wc -c < ".in.$$")" -eq "$3" ] || { echo "only $(wc -c < ".in.$$") of $3 bytes arrived" >&2; exit 1; }
        exec 9>.lock
        flock -w "$wait" 9 || { echo "another process holds the lock of $1" >&2; exit 1; }

        """;

    private const string SwapScript =
        Enter
        + """
            if [ -e "$2" ]; then now=$(sha256sum < "$2"); now=${now%% *}; else now=none; fi
            echo "$begun $(date +%s)"
            [ "$4" = any ] || [ "$now" = "$4" ] || exit 9
            if [ "$5" = remove ]; then rm -f "$2"; exit 0; fi
            sync ".in.$$"
            mv ".in.$$" "$2"
            """;

    /// <summary>A writer that was killed left half a line: what follows must not be glued to it.</summary>
    private const string AppendScript =
        Enter
        + """
            if [ -s "$2" ] && [ -n "$(tail -c 1 "$2")" ]; then echo >> "$2"; fi
            cat ".in.$$" >> "$2"
            sync "$2"
            """;

    /// <inheritdoc/>
    public string Location => $"{connection.Host}:{folder}";

    /// <inheritdoc/>
    public async Task<string?> ReadAsync(string name, CancellationToken cancellation) =>
        (await ReadAsync([name], cancellation))[0];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string?>> ReadAsync(IReadOnlyList<string> names, CancellationToken cancellation)
    {
        var action = $"read {folder}/{string.Join(", ", names)}";
        var command = ShellText.Script(Wrapped(ReadScript), [folder, .. names]);
        var asked = clock.Now;
        var answer = await connection.RunAsync(action, command, null, Limit, cancellation);
        var told = answer.Output.Split(End);
        clock.Hear(told[0], asked);
        return answer.ExitCode switch
        {
            0 => [.. told[1..(names.Count + 1)].Select(text => text[0] == '+' ? text[1..] : null)],
            Missing => new string?[names.Count],
            _ => throw Failed(action, answer),
        };
    }

    /// <inheritdoc/>
    public Task<bool> CompareAndSwapAsync(
        string name,
        string? expected,
        string? replacement,
        CancellationToken cancellation
    )
    {
        var hash = expected is null
            ? "none"
            : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(expected)));
        return SwapAsync(name, hash, replacement, cancellation);
    }

    /// <inheritdoc/>
    public Task ReplaceAsync(string name, string text, CancellationToken cancellation) =>
        SwapAsync(name, "any", text, cancellation);

    /// <inheritdoc/>
    public async Task AppendAsync(string name, IReadOnlyCollection<string> lines, CancellationToken cancellation)
    {
        if (lines.Count == 0)
        {
            return;
        }

        var action = $"write {folder}/{name}";
        var text = string.Concat(lines.Select(l => l + "\n"));
        await appending.WaitAsync(cancellation);
        try
        {
            var answer = await SendAsync(action, AppendScript, name, text, cancellation);
            if (answer.ExitCode != 0)
            {
                throw Failed(action, answer);
            }
        }
        finally
        {
            appending.Release();
        }
    }

    /// <inheritdoc/>
    public async Task ClearAsync(CancellationToken cancellation)
    {
        var action = $"remove {folder}";
        var command = ShellText.Script(Wrapped("rm -rf \"$1\""), folder);
        var answer = await connection.RunAsync(action, command, null, Limit, cancellation);
        if (answer.ExitCode != 0)
        {
            throw Failed(action, answer);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => appending.Dispose();

    private async Task<bool> SwapAsync(string name, string before, string? after, CancellationToken cancellation)
    {
        var action = $"write {folder}/{name}";
        string[] arguments = [before, after is null ? "remove" : "replace"];
        var asked = clock.Now;
        var answer = await SendAsync(action, SwapScript, name, after ?? "-", cancellation, arguments);
        clock.Hear(answer.Output, asked);
        return answer.ExitCode switch
        {
            0 => true,
            Differs => false,
            _ => throw Failed(action, answer),
        };
    }

    private Task<CommandResult> SendAsync(
        string action,
        string script,
        string name,
        string text,
        CancellationToken cancellation,
        params string[] arguments
    )
    {
        var input = Encoding.UTF8.GetBytes(text);
        string[] all = [folder, name, input.Length.ToString(CultureInfo.InvariantCulture), .. arguments];
        var wait = string.Create(CultureInfo.InvariantCulture, $"wait={(lockLimit ?? LockLimit).TotalSeconds:0}\n");
        return connection.RunAsync(action, ShellText.Script(Wrapped(wait + script), all), input, Limit, cancellation);
    }

    private string Wrapped(string script) => wrap is null ? script : wrap(script);

    private HostException Failed(string action, CommandResult answer)
    {
        // sh reports a full disk by the operating system's words only; they serve for the kind alone.
        var isFull = answer.Error.Contains("No space left", StringComparison.Ordinal);
        return new HostException(
            isFull ? HostFailure.NoSpace : HostFailure.Files,
            connection.Host,
            action,
            $"exit code {answer.ExitCode}: {answer.Error.Trim()}",
            isFull
                ? "Free some: `df -h` and `docker system df` on the server show what holds it."
                : "Give the user that deploys the right to write there."
        );
    }
}
