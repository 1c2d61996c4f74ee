using System.Globalization;
using Lotse.Planning.Containers;

namespace Lotse.Planning.Setup;

/// <summary>
/// How the firewall is put in force: the rules are loaded and taken back by the server itself unless they are confirmed
/// in time over
/// a new connection. Only confirmed rules are loaded again at boot.
/// </summary>
public static class FirewallScripts
{
    /// <summary>The systemd unit that loads the rules before the network comes up.</summary>
    /// <remarks>nftables.service removes all rules when it is started or reloaded, so ours are loaded again with
    /// it.</remarks>
    internal const string Unit = """
        [Unit]
        Description=Firewall of Lotse
        DefaultDependencies=no
        Wants=network-pre.target
        Before=network-pre.target shutdown.target
        After=nftables.service systemd-modules-load.service local-fs.target
        Conflicts=shutdown.target
        PartOf=nftables.service
        ReloadPropagatedFrom=nftables.service

        [Service]
        Type=oneshot
        RemainAfterExit=yes
        ExecStart=/usr/sbin/nft -f /etc/lotse/firewall.nft
        ExecReload=/usr/sbin/nft -f /etc/lotse/firewall.nft

        [Install]
        WantedBy=sysinit.target nftables.service

        """;

    /// <summary>While rules wait for their confirmation, what they replaced must not be lost.</summary>
    private const string Guard = """
        if [ -e /run/lotse/pending ] || [ -e /run/lotse/reverting ]; then
          echo 'other rules wait for their confirmation or are taken back just now' >&2
          exit 1
        fi
        """;

    /// <summary>The script that removes the firewall, for which there is no way back to keep.</summary>
    internal const string Remove = $$"""
        {{Guard}}
        if [ -d /run/systemd/system ]; then systemctl disable -q --now lotse-firewall 2>/dev/null || true; fi
        rm -f /etc/systemd/system/lotse-firewall.service
        if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
        ! nft list table inet lotse >/dev/null 2>&1 || nft delete table inet lotse
        rm -rf {{FirewallFragment.Folder}} /etc/lotse/firewall.nft /etc/lotse/firewall.loaded
        """;

    /// <summary>Loads the rules and has the server take them back after a while.</summary>
    /// <param name="rules">The rules.</param>
    /// <param name="fragment">What the configuration needs of them, to be kept with them.</param>
    /// <param name="token">Tells this attempt from others; letters and digits.</param>
    /// <param name="limit">How long the server waits for the confirmation; at least 1 s.</param>
    public static string Apply(string rules, FirewallFragment fragment, string token, TimeSpan limit) =>
        RootScript.Strict(
            $$"""
            {{Guard}}
            run=/run/lotse
            mkdir -p $run
            cat >$run/firewall.nft <<'RULES'
            {{rules.TrimEnd('\n')}}
            RULES
            cat >$run/firewall.ports <<'PORTS'
            {{fragment.Text.TrimEnd('\n')}}
            PORTS
            nft -c -f $run/firewall.nft
            printf 'table inet lotse\ndelete table inet lotse\n' >$run/before.nft
            ! nft list table inet lotse >/dev/null 2>&1 || nft list table inet lotse >>$run/before.nft
            revert='cd /run/lotse; if grep -qsx {{token}} pending && mv pending reverting; then nft -f before.nft; rm reverting; fi'
            if [ -d /run/systemd/system ]; then
              systemd-run -q --collect --unit=lotse-firewall-{{token}} --on-active={{Seconds(limit)}} \
                --timer-property=AccuracySec=100ms sh -c "$revert"
            else
              setsid sh -c "sleep {{Seconds(limit)}}; $revert" </dev/null >/dev/null 2>&1 &
            fi
            echo {{token}} >$run/pending
            nft -f $run/firewall.nft
            """
        );

    /// <summary>Keeps the rules for good; to be run over a connection that was made after they were loaded.</summary>
    /// <param name="name">The configuration.</param>
    /// <param name="token">The attempt.</param>
    public static string Confirm(string name, string token) =>
        RootScript.Strict(
            $$"""
            if ! grep -qsx {{token}} /run/lotse/pending; then
              echo 'the rules have been taken back already: the confirmation came too late' >&2
              exit 1
            fi
            rm -f /run/lotse/pending
            mkdir -p {{FirewallFragment.Folder}}
            install -m 644 /run/lotse/firewall.ports {{FirewallFragment.Folder}}/{{ShellWords.Quote(name)}}.ports
            install -m 644 /run/lotse/firewall.nft /etc/lotse/firewall.nft
            nft -s list table inet lotse | sha256sum | cut -c1-64 >/etc/lotse/firewall.loaded
            [ -d /run/systemd/system ] || exit 0
            systemctl stop lotse-firewall-{{token}}.timer 2>/dev/null || true
            cat >/etc/systemd/system/lotse-firewall.service <<'UNIT'
            {{Unit.TrimEnd('\n')}}
            UNIT
            systemctl daemon-reload
            systemctl enable -q lotse-firewall
            systemctl start lotse-firewall
            """
        );

    /// <summary>
    /// Publishes a port of a container for a while and prints it: a port that only the firewall keeps from the outside.
    /// The
    /// container's image is this server's own <c>sleep</c>, so that nothing is pulled.
    /// </summary>
    /// <param name="token">Names the container.</param>
    public static string StartCanary(string token) =>
        RootScript.Strict(
            $$"""
            {{DropCanaries}}
            root=$(mktemp -d)
            trap 'rm -rf "$root"' EXIT
            for file in /bin/sleep $(ldd /bin/sleep | grep -o '/[^ ]*'); do cp -L --parents "$file" "$root"; done
            tar -C "$root" -c . | docker import - lotse-canary:{{token}} >/dev/null
            docker run -d --rm --name lotse-canary-{{token}} -p 9 lotse-canary:{{token}} /bin/sleep 600 >/dev/null
            docker port lotse-canary-{{token}} 9 | sed -n '1s/.*://p'
            """
        );

    /// <summary>Removes what <see cref="StartCanary"/> made; does nothing when it is gone.</summary>
    /// <param name="token">Names the container.</param>
    public static string StopCanary(string token) =>
        RootScript.Of(
            $"""
            docker rm -f lotse-canary-{token} >/dev/null 2>&1
            docker image rm -f lotse-canary:{token} >/dev/null 2>&1
            true
            """
        );

    /// <summary>What a deployer left behind who died: nobody else sets the server up at the same time.</summary>
    private const string DropCanaries = """
        docker ps -aq --filter name=^lotse-canary- | xargs -r docker rm -f >/dev/null
        docker image ls --format '{{.Repository}}:{{.Tag}}' lotse-canary | xargs -r docker image rm -f >/dev/null
        """;

    private static string Seconds(TimeSpan time) =>
        ((int)Math.Ceiling(time.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
}
