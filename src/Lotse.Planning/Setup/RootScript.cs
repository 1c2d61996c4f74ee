using Lotse.Planning.Containers;

namespace Lotse.Planning.Setup;

/// <summary>Scripts that run as root, whoever is logged in.</summary>
public static class RootScript
{
    /// <summary>
    /// The exit code when the user is neither root nor may use sudo without a password (EX_NOPERM of sysexits.h).
    /// </summary>
    public const int NoRight = 77;

    private const string Preamble = """
        export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
        """;

    /// <summary>The script, by sh as root, with the arguments it is given: directly or by <c>sudo -n</c>.</summary>
    public static string Of(string script) =>
        $"""
            lotse_script={ShellWords.Quote($"{Preamble}\n{script}")}
            if [ "$(id -u)" = 0 ]; then exec sh -c "$lotse_script" lotse "$@"; fi
            if sudo -n true 2>/dev/null; then
              exec sudo -n env SSH_CONNECTION="$SSH_CONNECTION" sh -c "$lotse_script" lotse "$@"
            fi
            echo "the user $(id -un) may not use sudo without a password" >&2
            exit {NoRight}
            """;

    /// <summary>The same for a script that changes something: it ends at the first command that fails.</summary>
    public static string Strict(string script) => Of($"set -eu\numask 022\n{script}");
}
