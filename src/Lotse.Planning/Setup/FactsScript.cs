using Lotse.Planning.Containers;
using Lotse.Planning.Setup.Steps;

namespace Lotse.Planning.Setup;

/// <summary>
/// The script that asks a server for everything at once. It changes nothing and prints <c>key=value</c> lines.
/// </summary>
public static class FactsScript
{
    private const string Body = $$$"""
        say() { printf '%s=%s\n' "$1" "$2"; }
        each() { while IFS= read -r line; do say "$1" "$line"; done; }
        sum() { [ -r "$1" ] && sha256sum <"$1" | cut -c1-64; }
        ( . /etc/os-release; say os.id "$ID"; say os.version "$VERSION_ID"; say os.name "$PRETTY_NAME" )
        say arch "$(uname -m)"
        say now "$(date +%s)"
        [ -d /run/systemd/system ] && say systemd yes
        awk '/^MemTotal:/ { print "memory=" $2 } /^SwapTotal:/ { print "swap=" $2 }' /proc/meminfo
        df -Pk / | awk 'NR == 2 { print "free=" $4 }'
        dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' docker.io docker-ce iptables nftables \
          unattended-upgrades sudo ca-certificates apparmor 2>/dev/null | awk '$1 == "ii" { print "package=" $2 }'
        { dpkg-query -W -f '${db:Status-Abbrev}\n' | grep -qE '^.[UFHWt]|^..R' ||
          [ -n "$(ls /var/lib/dpkg/updates)" ]; } 2>/dev/null && say packages.interrupted yes
        [ "$(cat /sys/module/apparmor/parameters/enabled 2>/dev/null)" = Y ] && say apparmor yes

        # The command alone may be there without the engine: both are packages of their own.
        command -v dockerd >/dev/null 2>&1 && command -v docker >/dev/null 2>&1 && say engine.installed yes
        [ -e {{{PackagesStep.HookMark}}} ] && say engine.fresh yes
        if command -v docker >/dev/null 2>&1; then
          timeout 15 docker version --format '{{.Server.Version}} {{.Server.APIVersion}}' 2>/dev/null |
            each engine.version
          timeout 15 docker info --format '{{.ContainersRunning}} {{.LiveRestoreEnabled}} {{.Swarm.LocalNodeState}}' \
            2>/dev/null | each engine.state
        fi
        [ -e /var/run/docker.pid ] && [ /etc/docker/daemon.json -nt /var/run/docker.pid ] && say engine.stale yes
        [ -r /etc/docker/daemon.json ] && say engine.settings "$(base64 -w0 /etc/docker/daemon.json)"

        say user "${SUDO_USER:-root}"
        grep -v -e '^#' -e '^$' "$(getent passwd "${SUDO_USER:-root}" | cut -d: -f6)/.ssh/authorized_keys" 2>/dev/null |
          each login.key
        if [ -n "$account" ] && entry=$(getent passwd "$account"); then
          say account.exists yes
          id -nG "$account" | tr ' ' '\n' | each account.group
          grep -v -e '^#' -e '^$' "$(echo "$entry" | cut -d: -f6)/.ssh/authorized_keys" 2>/dev/null | each account.key
          [ -e "/etc/sudoers.d/lotse-$account" ] && say account.sudo yes
        fi
        [ -d /var/lib/lotse ] && say state yes
        [ "$(stat -c '%G %a' /var/lib/lotse 2>/dev/null)" = 'docker 2770' ] && say account.folder yes

        [ -n "$SSH_CONNECTION" ] && say ssh.port "${SSH_CONNECTION##* }"
        sshd -T 2>/dev/null | awk '
          $1 == "port" { print "ssh.port=" $2 }
          /^(passwordauthentication|kbdinteractiveauthentication|permitrootlogin) / { print "sshd." $1 "=" $2 }'
        cat /etc/ssh/sshd_config /etc/ssh/sshd_config.d/*.conf 2>/dev/null | awk '
          tolower($1) == "match" { match_ = $0 }
          match_ && tolower($1) ~ /^(password|kbdinteractive|challengeresponse)authentication$/ && tolower($2) == "yes" {
            print "sshd.match=" match_
          }'
        apt-config dump 2>/dev/null | sed -n 's/^APT::Periodic::\([A-Za-z-]*\) "\(.*\)";$/updates.\1=\2/p'

        grep -qs '^ENABLED=yes' /etc/ufw/ufw.conf && say firewall.other ufw
        [ -d /run/systemd/system ] && systemctl is-active -q firewalld && say firewall.other firewalld
        for tables in iptables ip6tables; do
          command -v $tables >/dev/null 2>&1 && $tables -S INPUT 2>/dev/null |
            grep -qE -e '^-P INPUT (DROP|REJECT)' -e ' -j (DROP|REJECT)' &&
            say firewall.other "rules of $tables in INPUT"
        done
        command -v nft >/dev/null 2>&1 && nft list tables 2>/dev/null | while read -r _ family name; do
          case "$family $name" in
            'inet lotse' | *' f2b-'* | *' docker'*) ;;
            'ip filter' | 'ip6 filter' | 'ip nat' | 'ip6 nat' | 'ip raw' | 'ip6 raw' | 'ip mangle' | 'ip6 mangle') ;;
            *) nft list table "$family" "$name" | grep -qwE 'drop|reject' &&
              say firewall.other "nftables' table $family $name" ;;
          esac
        done
        for file in /etc/lotse/firewall.d/*.ports; do
          [ -r "$file" ] || continue
          name=$(basename "$file" .ports)
          { echo; grep -v '^#' "$file"; } | while IFS= read -r line; do say firewall.ports "$name $line"; done
        done
        say firewall.file "$(sum /etc/lotse/firewall.nft)"
        say firewall.unit "$(sum /etc/systemd/system/lotse-firewall.service)"
        [ -s /etc/lotse/firewall.loaded ] &&
          nft -s list table inet lotse 2>/dev/null | sha256sum | cut -c1-64 | cmp -s - /etc/lotse/firewall.loaded &&
          say firewall.loaded yes
        [ -d /run/systemd/system ] && systemctl is-enabled -q lotse-firewall 2>/dev/null && say firewall.enabled yes

        cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk '$4 == "0A" { print "listen=" $2 }'
        ip -o addr show scope global 2>/dev/null | awk '!/ temporary / { print "address=" $2 " " $4 }'
        { ip -o route show default; ip -6 -o route show default; } 2>/dev/null |
          awk '{ for (i = 1; i < NF; i++) if ($i == "dev") print "uplink=" $(i + 1) }'
        ip -o link show type bridge 2>/dev/null | awk -F ': ' '{ print "bridge=" $2 }'
        say end yes
        """;

    /// <summary>The script for a deploy user; null when root deploys. To be run by <see cref="RootScript"/>.</summary>
    public static string For(string? deployUser) =>
        RootScript.Of($"account={ShellWords.Quote(deployUser ?? "")}\n{Body}");
}
