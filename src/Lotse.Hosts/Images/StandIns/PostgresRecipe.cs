using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Lotse.Hosts.Images.Bases;

namespace Lotse.Hosts.Images.StandIns;

/// <summary>
/// The official PostgreSQL image (https://hub.docker.com/_/postgres): Debian's server with an entrypoint that honours the same
/// variables. User and folders are the same, so that a volume can be handed from one to the other.
/// </summary>
internal sealed partial record PostgresRecipe : StandInRecipe
{
    private const int User = 999;

    /// <summary>Which Debian suite has which major version (https://packages.debian.org/postgresql).</summary>
    private static readonly ImmutableDictionary<int, string> Suites = ImmutableDictionary.CreateRange([
        KeyValuePair.Create(13, "bullseye"),
        KeyValuePair.Create(15, "bookworm"),
        KeyValuePair.Create(17, "trixie"),
    ]);

    /// <summary>The major version asked for; null for the newest at hand.</summary>
    public int? Major { get; init; }

    private static readonly string ScriptHash = Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(PostgresEntrypoint.Script))
    )[..8];

    public override string Fingerprint => $"postgres/1-{ScriptHash}/{Major}/{DebianMachine.Architecture}";

    /// <summary>The recipe for an image; null when it is another image.</summary>
    public static PostgresRecipe? Find(ImageName image)
    {
        var tag = TagOf().Match(image.Tag);
        return image is not { Registry: ImageName.DockerHub, Path: "library/postgres", Digest: "" } || !tag.Success
            ? null
            : new() { Major = int.TryParse(tag.Groups[1].ValueSpan, out var major) ? major : null };
    }

    public override async Task<StandIn> MakeAsync(Workshop workshop, CancellationToken cancellation)
    {
        var (suite, closure) = await FindAsync(workshop, cancellation);
        var server = closure.First(p => IsServer().IsMatch(p.Name));
        var major = int.Parse(
            IsServer().Match(server.Name).Groups[1].ValueSpan,
            System.Globalization.CultureInfo.InvariantCulture
        );
        var packages = closure.Where(p => !IsUnneeded().IsMatch(p.Name)).ToImmutableArray();
        await workshop.DownloadAsync(suite, packages, cancellation);
        var layer = await workshop.LayerAsync(
            $"postgres-{major}",
            $"packages {string.Join(' ', packages.Select(p => $"{p.Name}={p.Version}"))}",
            packages.Select(p => p.Sha256).Append(PostgresEntrypoint.Script),
            file => WriteAsync(file, packages, major, cancellation),
            cancellation
        );
        var version = server.Version.Split('-')[0];
        var other = Major is null || Major == major ? "" : $", which is NOT version {Major}: keep no data made with it";
        return new($"PostgreSQL {version} of Debian {suite}{other}", Settings(major, version), [layer]);
    }

    /// <summary>The suite that has the version asked for, otherwise whatever version this machine's own suite has.</summary>
    private async Task<(string Suite, ImmutableArray<DebianPackage> Packages)> FindAsync(
        Workshop workshop,
        CancellationToken cancellation
    )
    {
        var own = workshop.Machine.Suite;
        var fitting =
            Major is { } major && workshop.Machine.IsDebian ? Suites.GetValueOrDefault(major, "testing") : own;
        var server = Major is null ? "postgresql" : $"postgresql-{Major}";
        foreach (var (suite, name) in new[] { (fitting, server), (own, server), (own, "postgresql") }.Distinct())
        {
            if (
                await workshop.FindAsync(suite, [name, "bash", "busybox-static", "libc-bin", "tzdata"], cancellation) is
                { } found
            )
            {
                return (suite, found);
            }
        }

        throw new StandInException(
            $"neither {server} in {fitting} nor postgresql in {own} can be found",
            ["Does `apt-get update` work on this machine?"]
        );
    }

    private static async Task WriteAsync(
        LayerFile layer,
        ImmutableArray<DebianPackage> packages,
        int major,
        CancellationToken cancellation
    )
    {
        RootFileSystem.Write(layer, ("postgres", User, "/var/lib/postgresql"));
        layer.AddFolder("var/lib/postgresql/data", "1777", User);
        layer.AddFolder("run/postgresql", "3775", User);
        layer.AddFolder("docker-entrypoint-initdb.d");
        layer.AddText("usr/local/bin/docker-entrypoint.sh", PostgresEntrypoint.Script, "0755");
        foreach (var package in packages)
        {
            await PackageUnpacker.CopyAsync(
                package,
                layer,
                path => Take(package, path),
                ListenEverywhere,
                cancellation
            );
        }

        RootFileSystem.WriteApplets(layer);
    }

    /// <summary>Of libc-bin only the locale C.UTF-8; of the server neither the just-in-time compiler (100 MB with LLVM) nor its input.</summary>
    private static bool Take(DebianPackage package, string path) =>
        package.Name == "libc-bin"
            ? path.StartsWith("usr/lib/locale", StringComparison.Ordinal) || path == "usr/bin/locale"
            : !path.Contains("/bitcode/", StringComparison.Ordinal)
                && !path.Contains("llvmjit", StringComparison.Ordinal)
                && !path.StartsWith("etc/init.d", StringComparison.Ordinal);

    /// <summary>Clusters are made from this sample; a server in a container is reached from outside of it.</summary>
    private static Stream ListenEverywhere(string name, Stream data)
    {
        if (!name.EndsWith("/postgresql.conf.sample", StringComparison.Ordinal))
        {
            return data;
        }

        var copy = new MemoryStream();
        data.CopyTo(copy);
        copy.Write(Encoding.UTF8.GetBytes("\nlisten_addresses = '*'\n"));
        copy.Position = 0;
        return copy;
    }

    /// <summary>From version 18 on, the official image keeps its data a folder deeper, and the volume one higher.</summary>
    private static ImageSettings Settings(int major, string version) =>
        new()
        {
            Entrypoint = ["docker-entrypoint.sh"],
            Command = ["postgres"],
            Ports = ["5432/tcp"],
            StopSignal = "SIGINT",
            Volumes = [major < 18 ? "/var/lib/postgresql/data" : "/var/lib/postgresql"],
            Environment =
            [
                $"PATH={RootFileSystem.DefaultPath}:/usr/lib/postgresql/{major}/bin",
                "LANG=C.UTF-8",
                $"PG_MAJOR={major}",
                $"PG_VERSION={version}",
                $"PGDATA={(major < 18 ? "/var/lib/postgresql/data" : $"/var/lib/postgresql/{major}/docker")}",
            ],
        };

    [GeneratedRegex(@"^(?:latest|(\d+)(?:[.-].*)?)$")]
    private static partial Regex TagOf();

    [GeneratedRegex(@"^postgresql-(\d+)$")]
    private static partial Regex IsServer();

    /// <summary>What installing and administering on a whole system needs, and no server in a container.</summary>
    [GeneratedRegex(
        "^(perl.*|libperl.*|lib.*-perl|postgresql|postgresql-common.*|postgresql-client-common|ssl-cert|openssl.*|adduser|"
            + "passwd|debconf|locales|libc-l10n|libllvm.*|libz3.*|dpkg|tar|init-system-helpers|sysvinit-utils|lsb-base|"
            + "netbase|ucf|usrmerge|usr-is-merged|sensible-utils|readline-common|libsemanage.*|libsepol.*|libaudit-common|"
            + "libpam-modules.*|libpam-runtime|libdb5.*|libgdbm.*|libsasl2-modules-db|base-files|base-passwd|debianutils|"
            + "coreutils|util-linux.*|mawk|python3.*|systemd.*|login.*|libsystemd-shared.*|logsave|e2fsprogs)$"
    )]
    private static partial Regex IsUnneeded();
}
