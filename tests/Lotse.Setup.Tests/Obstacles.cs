namespace Lotse.Setup.Tests;

/// <summary>What servers are in the middle of when they are rented, or when an earlier set-up was cut off.</summary>
internal static class Obstacles
{
    /// <summary>
    /// Holds the lock of apt's lists, as the first boot's own update does, until a while after set-up has come to it: apt
    /// gives up at once.
    /// </summary>
    public const string HoldLists = """
        set -e
        mkdir -p /var/lib/apt/lists
        cat >/tmp/hold.pl <<'PERL'
        use Fcntl;
        open(my $lists, ">>", "/var/lib/apt/lists/lock") or die;
        my $lock = pack("s s x4 q q l x4", F_WRLCK, 0, 0, 0, 0);
        fcntl($lists, F_SETLK, $lock) or die;
        open(my $held, ">", "/tmp/held");
        for (1 .. 2400) { last if -e "/run/lotse/apt.log"; select(undef, undef, undef, 0.05); }
        select(undef, undef, undef, 3);
        PERL
        setsid --fork perl /tmp/hold.pl </dev/null >/dev/null 2>&1
        n=0; until [ -e /tmp/held ]; do n=$((n+1)); [ $n -lt 200 ]; sleep 0.05; done
        """;

    /// <summary>The docker command is unpacked and not set up, without the engine, and dpkg has not ended its work.</summary>
    public const string CutOffInstallation = """
        set -e
        cd /tmp
        apt-get update -q
        apt-get download -q docker-cli
        dpkg --unpack docker-cli_*.deb
        dpkg-query -s iproute2 >/var/lib/dpkg/updates/0001
        docker --version
        ! apt-get install -y iptables
        """;
}
