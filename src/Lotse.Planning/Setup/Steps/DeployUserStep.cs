using System.Collections.Immutable;
using Lotse.Planning.Containers;

namespace Lotse.Planning.Setup.Steps;

/// <summary>
/// The deploy user: an account with the deployers' keys, in the engine's group, and with sudo only if that was asked
/// for.
/// </summary>
internal static class DeployUserStep
{
    public static SetupStep? Plan(ServerFacts server, SetupSettings settings)
    {
        if (settings.DeployUser is not { } user)
        {
            return null;
        }

        var account = server.Account;
        var wanted = Wanted(server, settings);
        var keys = wanted.Where(k => !account.Keys.Any(a => AuthorizedKey.AreSame(a, k))).ToList();
        var isThere =
            account.Exists
            && account.Groups.Contains("docker")
            && account.HasStateFolder
            && account.HasSudo == settings.DeployUserHasSudo
            && keys.Count == 0;
        var sudo = settings.DeployUserHasSudo ? " and passwordless sudo" : "";
        return new SetupStep
        {
            Topic = SetupTopic.DeployUser,
            Title = $"User {user} with {wanted.Length} key(s), the right to use the engine{sudo}",
            Why = "deploys need no root login",
            State = isThere ? SetupState.InPlace : SetupState.Change,
            Script = isThere ? "" : Make(user, keys, settings.DeployUserHasSudo),
        };
    }

    /// <summary>What stands in the way.</summary>
    public static IEnumerable<SetupProblem> Problems(ServerFacts server, SetupSettings settings)
    {
        if (settings.DeployUser is not { } user)
        {
            yield break;
        }

        if (Wanted(server, settings).IsEmpty && server.Account.Keys.IsEmpty)
        {
            yield return new(
                $"no public key is known for the user {user}",
                "Name a file that holds one: `setup: {public_keys: [config/deployers.pub]}`."
            );
        }

        // Nobody could become root any more, in the middle of it and afterwards.
        if (server.User == user && server.Account.HasSudo && !settings.DeployUserHasSudo)
        {
            yield return new(
                $"the configuration takes sudo away from the user {user}, who is logged in and needs it",
                "Log in as somebody else, `--setup-login root`, or keep it by `setup: {sudo: true}`."
            );
        }
    }

    /// <summary>What a person should know; null for nothing.</summary>
    public static string? Notice(ServerFacts server, SetupSettings settings)
    {
        var left = server.LoginKeys.Count(k => AuthorizedKey.IsKey(k) && AuthorizedKey.ForOthers(k) is null);
        return left > 0 && settings.DeployKeys.IsEmpty && Plan(server, settings) is { State: SetupState.Change }
            ? $"{left} key(s) of {server.User} have options, such as a command of their own, and are not given to the user "
                + $"{settings.DeployUser}"
            : null;
    }

    /// <summary>The deployers' keys, else those that open the login, as far as they open all of it.</summary>
    private static ImmutableArray<string> Wanted(ServerFacts server, SetupSettings settings) =>
        settings.DeployKeys.Length > 0
            ? settings.DeployKeys
            : [.. server.LoginKeys.Select(AuthorizedKey.ForOthers).OfType<string>()];

    private static string Make(string user, IEnumerable<string> keys, bool hasSudo) =>
        $"""
            user={ShellWords.Quote(user)}
            if ! getent passwd "$user" >/dev/null; then
              useradd --create-home --shell /bin/bash "$user"
              # No password fits. An account that is locked instead could not log in by key where sshd does without PAM.
              usermod -p '*' "$user"
            fi
            getent group docker >/dev/null || groupadd --system docker
            usermod -aG docker "$user"
            install -d -m 2770 -g docker /var/lib/lotse
            home=$(getent passwd "$user" | cut -d: -f6)
            install -d -m 700 -o "$user" -g "$(id -gn "$user")" "$home/.ssh"
            keys=$home/.ssh/authorized_keys
            touch "$keys"
            [ -z "$(tail -c1 "$keys")" ] || echo >>"$keys"
            cat >>"$keys" <<'KEYS'
            {string.Join('\n', keys.DefaultIfEmpty("# added by ServerSetup"))}
            KEYS
            chown "$user:$(id -gn "$user")" "$keys"
            chmod 600 "$keys"
            {(hasSudo ? GiveSudo : "rm -f \"/etc/sudoers.d/lotse-$user\"")}
            """;

    private const string GiveSudo = """
        printf '%s ALL=(ALL) NOPASSWD: ALL\n' "$user" >/run/lotse-sudo
        visudo -qcf /run/lotse-sudo
        install -m 440 /run/lotse-sudo "/etc/sudoers.d/lotse-$user"
        rm -f /run/lotse-sudo
        """;
}
