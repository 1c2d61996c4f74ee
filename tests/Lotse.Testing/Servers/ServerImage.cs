using System.Security.Cryptography;
using System.Text;
using Docker.DotNet;
using Docker.DotNet.Models;
using Lotse.Testing.Engine;
using Lotse.Testing.Packages;
using Lotse.Testing.Processes;
using Lotse.Testing.Waiting;

namespace Lotse.Testing.Servers;

/// <summary>
/// The image that servers are started from: a root file system made of this machine's distribution. Making it takes most
/// of a minute, so it stays on the engine under a name with a hash of its recipe.
/// </summary>
internal static class ServerImage
{
    private const string Repository = "lotse-test-server";
    private const string Program = "/usr/bin/mmdebstrap";

    private static readonly string[] Always =
    [
        "openssh-server",
        "sudo",
        "ca-certificates",
        "iproute2",
        "procps",
        "tini",
    ];
    private static readonly string[] ForBoot = ["systemd-sysv", "dbus", "libpam-systemd"];
    private static readonly string[] ForEngine = ["docker.io", "docker-cli", "iptables", "nftables"];

    // What nobody reads in a test. Host keys are each server's own.
    private static readonly string[] Settings =
    [
        "--variant=minbase",
        "--format=tar",
        "--dpkgopt=path-exclude=/usr/share/doc/*",
        "--dpkgopt=path-exclude=/usr/share/man/*",
        "--dpkgopt=path-exclude=/usr/share/locale/*",
        "--customize-hook=rm -f \"$1\"/etc/ssh/ssh_host_*",
    ];

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <summary>The reference of the image, made first if it is not there.</summary>
    /// <exception cref="ServerUnavailableException">It could not be made; the message says how that failed.</exception>
    public static async Task<string> EnsureAsync(
        IDockerClient client,
        ServerKind kind,
        CancellationToken cancellationToken
    )
    {
        Assert.SkipUnless(File.Exists("/etc/os-release"), "Servers to deploy to are made on Linux only.");
        string[] arguments = [.. Settings, $"--include={string.Join(',', Packages(kind))}"];
        var reference = $"{Repository}:{Hash([AptConfiguration.Origin(kind), .. arguments])}";
        using var turn = await MachineLock.TakeAsync("server-image", cancellationToken);
        if (!await ExistsAsync(client, reference, cancellationToken))
        {
            await Wait.ForAsync(WaitKind.ImageBuild, MakeAsync(client, reference, kind, arguments, cancellationToken));
        }

        return reference;
    }

    private static string[] Packages(ServerKind kind) =>
        kind switch
        {
            ServerKind.Bare => Always,
            ServerKind.Booted => [.. Always, .. ForBoot],
            _ => [.. Always, .. ForEngine],
        };

    private static string Hash(string[] recipe) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', recipe))))[..12];

    private static async Task<bool> ExistsAsync(
        IDockerClient client,
        string reference,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await client.Images.InspectImageAsync(reference, cancellationToken);
            return true;
        }
        catch (DockerImageNotFoundException)
        {
            return false;
        }
    }

    private static async Task MakeAsync(
        IDockerClient client,
        string reference,
        ServerKind kind,
        string[] arguments,
        CancellationToken cancellationToken
    )
    {
        await EnsureProgramAsync(cancellationToken);
        var folder = Directory.CreateTempSubdirectory("lotse-server-image-");
        try
        {
            var archive = Path.Combine(folder.FullName, "root.tar");
            await BootstrapAsync(folder.FullName, archive, kind, arguments, cancellationToken);
            await ImportAsync(client, archive, reference, cancellationToken);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task EnsureProgramAsync(CancellationToken cancellationToken)
    {
        Assert.SkipWhen(
            AptPackages.Obstacle is not null,
            $"Servers to deploy to are made of Debian's packages, and {AptPackages.Obstacle}."
        );
        if (!File.Exists(Program) && await AptPackages.InstallAsync("mmdebstrap", cancellationToken) is { } failure)
        {
            throw new ServerUnavailableException(failure);
        }
    }

    private static async Task BootstrapAsync(
        string folder,
        string archive,
        ServerKind kind,
        string[] arguments,
        CancellationToken cancellationToken
    )
    {
        List<string> sources = [];
        foreach (var (name, text) in AptConfiguration.Sources(kind))
        {
            sources.Add(Path.Combine(folder, name));
            await File.WriteAllTextAsync(sources[^1], text, cancellationToken);
        }

        var settings = AptConfiguration.Settings.Select(path => $"--aptopt={path}");
        var request = new ProcessRequest
        {
            FileName = Program,
            Arguments = ["--mode=root", .. settings, .. arguments, AptConfiguration.Suite(kind), archive, .. sources],
        };
        var result = await TestProcess.RunAsync(request, Limit, cancellationToken);
        if (result.ExitCode != 0)
        {
            throw new ServerUnavailableException($"{request}\nended with {result.ExitCode}:\n{result.Error}");
        }
    }

    private static async Task ImportAsync(
        IDockerClient client,
        string archive,
        string reference,
        CancellationToken cancellationToken
    )
    {
        await using var content = File.OpenRead(archive);
        var colon = reference.LastIndexOf(':');
        var output = new BuildOutput();
        await client.Images.CreateImageAsync(
            new ImagesCreateParameters
            {
                FromSrc = "-",
                Repo = reference[..colon],
                Tag = reference[(colon + 1)..],
            },
            content,
            null,
            output,
            cancellationToken
        );
        output.ThrowIfFailed(reference);
    }
}
