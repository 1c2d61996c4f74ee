using Lotse.Planning.Setup;
using Lotse.Testing.Servers;

namespace Lotse.Setup.Tests;

/// <summary>
/// Docker's own repository. The real one is not in reach of every machine: the server reaches one of the test's own by that
/// name, over HTTPS, whose <c>docker-ce</c> holds no engine. What the real packages depend on is not proved by it.
/// </summary>
public sealed class DockersPackagesTests
{
    // The package is made, and the index; openssl's own server serves both, and the key that does not sign them at first.
    private const string MakeRepository = """
        set -e
        export DEBIAN_FRONTEND=noninteractive GNUPGHOME=/root/keys
        apt-get update -q
        apt-get install -q -y --no-install-recommends gpg gpg-agent apt-utils
        . /etc/os-release

        mkdir -p /tmp/deb/DEBIAN /tmp/deb/usr/bin /srv/linux/debian/pool "/srv/linux/debian/dists/$VERSION_CODENAME/stable"
        printf '%s\n' 'Package: docker-ce' 'Version: 5:99' 'Architecture: all' 'Maintainer: test' 'Description: test' \
          >/tmp/deb/DEBIAN/control
        for name in docker dockerd; do printf '#!/bin/sh\n' >/tmp/deb/usr/bin/$name; done
        chmod 755 /tmp/deb/usr/bin/*
        dpkg-deb -b /tmp/deb /srv/linux/debian/pool/docker-ce.deb
        cd /srv/linux/debian
        index=dists/$VERSION_CODENAME/stable/binary-$(dpkg --print-architecture)
        mkdir -p $index
        apt-ftparchive packages pool >$index/Packages
        apt-ftparchive -o APT::FTPArchive::Release::Codename="$VERSION_CODENAME" \
          -o APT::FTPArchive::Release::Components=stable \
          -o APT::FTPArchive::Release::Architectures="$(dpkg --print-architecture)" \
          release "dists/$VERSION_CODENAME" >/tmp/Release

        mkdir -m 700 $GNUPGHOME
        for name in good other; do
          gpg --batch --quiet --passphrase '' --quick-generate-key $name@example.com ed25519 sign
          gpg --armor --export $name@example.com >/srv/linux/debian/$name
        done
        gpg --batch --local-user good@example.com --clear-sign -o "dists/$VERSION_CODENAME/InRelease" /tmp/Release

        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=download.docker.com \
          -addext subjectAltName=DNS:download.docker.com -keyout /root/tls.key -out /usr/local/share/ca-certificates/test.crt
        update-ca-certificates
        echo '127.0.0.1 download.docker.com' >>/etc/hosts
        cd /srv
        for file in $(find . -type f); do
          mkdir -p "/www/$(dirname $file)"
          { printf 'HTTP/1.0 200 OK\r\nContent-Length: %s\r\n\r\n' "$(stat -c %s $file)"; cat $file; } >/www/$file
        done
        cd /www
        setsid --fork openssl s_server -accept 443 -HTTP -key /root/tls.key -cert /usr/local/share/ca-certificates/test.crt \
          </dev/null >/dev/null 2>&1
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task They_are_installed_from_a_repository_that_its_key_has_signed_and_from_no_other()
    {
        await using var world = await SetupWorld.StartAsync(1, ServerKind.Bare, Cancellation);
        world.Settings = world.Settings with { Engine = EngineSource.Docker };
        await world.Node.ExecAsync(MakeRepository, Cancellation);
        var script = RootScript.Strict(Assert.Single(await ChangesAsync(world)).Script);

        await world.Node.ExecAsync("cd /www/linux/debian && cp other gpg", Cancellation);
        var refused = await world.Node.TryExecAsync(script, Cancellation);
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("is not signed", refused.Error, StringComparison.Ordinal);
        Assert.NotEqual(0, (await world.Node.TryExecAsync("command -v dockerd", Cancellation)).ExitCode);

        await world.Node.ExecAsync("cd /www/linux/debian && cp good gpg", Cancellation);
        await world.Node.ExecAsync(script, Cancellation);
        Assert.Equal("5:99", await world.Node.ExecAsync("dpkg-query -W -f '${Version}' docker-ce", Cancellation));
        Assert.Empty(await ChangesAsync(world));
    }

    private static async Task<IEnumerable<SetupStep>> ChangesAsync(SetupWorld world)
    {
        var report = await world.Setup().PreviewAsync(Cancellation);
        return Assert.Single(report.Servers).Plan.Changes.Where(c => c.Topic == SetupTopic.Packages);
    }
}
