namespace Lotse.Planning.Setup.Steps;

/// <summary>The SSH server takes keys only. What is stricter already stays as it is.</summary>
internal static class SshdStep
{
    /// <summary>Asks the SSH server to read its settings again; connections stay.</summary>
    private const string Reload = """
        if [ -d /run/systemd/system ]; then systemctl try-reload-or-restart ssh
        else kill -HUP "$(cat /run/sshd.pid)"
        fi
        """;

    /// <summary>What stands in the way; null for nothing.</summary>
    public static SetupProblem? Problem(ServerFacts server) =>
        server.Sshd.IsEmpty
            ? new(
                "the settings of its SSH server cannot be read",
                "Run `sshd -T` on the server: it says what is wrong."
            )
            : null;

    public static SetupStep Plan(ServerFacts server)
    {
        var isClosed = Is(server, "passwordauthentication", "no") && Is(server, "kbdinteractiveauthentication", "no");
        var isStrict = !Is(server, "permitrootlogin", "yes");
        return new SetupStep
        {
            Topic = SetupTopic.Sshd,
            Title = "Log in over SSH by key only, root too",
            Why = "passwords are guessed all day long",
            State = isClosed && isStrict ? SetupState.InPlace : SetupState.Change,
            Script = isClosed && isStrict ? "" : Harden(server),
        };
    }

    /// <summary>Takes the settings back; to be run over the connection that is still there.</summary>
    public static string Revert { get; } =
        RootScript.Strict(
            $"""
            rm -f /etc/ssh/sshd_config.d/00-lotse.conf
            [ ! -e /run/lotse-sshd.before ] || mv /run/lotse-sshd.before /etc/ssh/sshd_config.d/00-lotse.conf
            {Reload}
            """
        );

    private static string Harden(ServerFacts server)
    {
        var root = Is(server, "permitrootlogin", "yes") ? "prohibit-password" : server.Sshd["permitrootlogin"];
        return $$"""
            file=/etc/ssh/sshd_config.d/00-lotse.conf
            mkdir -p /etc/ssh/sshd_config.d /run/sshd
            rm -f /run/lotse-sshd.before
            [ ! -e $file ] || cp -p $file /run/lotse-sshd.before
            cat >$file <<'SETTINGS'
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            PermitRootLogin {{root}}
            SETTINGS
            undo() {
              rm -f $file
              [ ! -e /run/lotse-sshd.before ] || mv /run/lotse-sshd.before $file
              echo "$1; nothing was changed" >&2
              exit 1
            }
            sshd -t || undo 'sshd does not accept its settings'
            now=$(sshd -T)
            for setting in 'passwordauthentication yes' 'kbdinteractiveauthentication yes' 'permitrootlogin yes'; do
              ! printf '%s\n' "$now" | grep -qx "$setting" ||
                undo "another setting wins: look for '$setting' in /etc/ssh/sshd_config, in whatever letters"
            done
            {{Reload}}
            """;
    }

    private static bool Is(ServerFacts server, string name, string value) =>
        server.Sshd.GetValueOrDefault(name) == value;
}
