using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Lotse.Hosts.Images.Bases;

namespace Lotse.Hosts.Images.StandIns;

/// <summary>
/// Microsoft's runtime images (https://github.com/dotnet/dotnet-docker): the libraries from Debian, .NET from this machine.
/// Like the originals they have a user <c>app</c> (1654), listen on 8080 and know that they run in a container.
/// </summary>
internal sealed partial record DotnetRecipe : StandInRecipe
{
    private const int AppUser = 1654;

    private static readonly string[] Libraries =
    [
        "libc6",
        "libgcc-s1",
        "libstdc++6",
        "zlib1g",
        "libssl3",
        "ca-certificates",
        "tzdata",
        "busybox-static",
    ];

    /// <summary>Which of the images: <c>aspnet</c>, <c>runtime</c> or <c>runtime-deps</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The version of the runtime; null for runtime-deps.</summary>
    public string? Version { get; init; }

    /// <summary>The version of ASP.NET Core; null unless the image has it.</summary>
    public string? AspNetVersion { get; init; }

    /// <summary>Where .NET is; null for runtime-deps.</summary>
    public DotnetInstallation? Dotnet { get; init; }

    public override string Fingerprint => $"dotnet/{Kind}/1/{Version}/{AspNetVersion}/{DebianMachine.Architecture}";

    /// <summary>The recipe for an image; null with the reason, or without one when it is none of these images.</summary>
    public static (DotnetRecipe? Recipe, string? Reason) Find(ImageName image, DotnetInstallation? dotnet)
    {
        var path = Repository().Match($"{image.Registry}/{image.Path}");
        var tag = TagOf().Match(image.Tag);
        if (!path.Success || !tag.Success || image.Digest.Length > 0)
        {
            return (null, null);
        }

        var kind = path.Groups[1].Value;
        if (tag.Groups["rest"].Value.Contains("alpine", StringComparison.Ordinal))
        {
            return (null, "an Alpine image has another C library than Debian's packages");
        }

        if (kind == "runtime-deps")
        {
            return (new() { Kind = kind }, null);
        }

        var wanted = tag.Groups["version"] is { Success: true, Value: var version } ? version : null;
        var runtime = dotnet?.Version(DotnetInstallation.Runtime, wanted);
        var aspNet = kind == "aspnet" ? dotnet?.Version(DotnetInstallation.AspNet, wanted) : null;
        return runtime is null || (kind == "aspnet" && aspNet is null)
            ? (
                null,
                $"this machine has no {(kind == "aspnet" ? "ASP.NET Core" : ".NET")} {wanted} to make it from".Replace(
                    "  ",
                    " "
                )
            )
            : (
                new()
                {
                    Kind = kind,
                    Version = runtime,
                    AspNetVersion = aspNet,
                    Dotnet = dotnet,
                },
                null
            );
    }

    public override async Task<StandIn> MakeAsync(Workshop workshop, CancellationToken cancellation)
    {
        var suite = workshop.Machine.Suite;
        var needsIcu = Kind != "runtime-deps";
        // The development package is only asked for because it alone names the library without its version.
        IReadOnlyCollection<string> wanted = needsIcu ? [.. Libraries, "libicu-dev"] : Libraries;
        var found =
            await workshop.FindAsync(suite, wanted, cancellation)
            ?? throw new StandInException(
                $"the packages {string.Join(' ', wanted)} cannot be found in {suite}",
                ["Does `apt-get update` work on this machine?"]
            );
        var libraries = found.Where(p => IsLibrary().IsMatch(p.Name)).ToImmutableArray();
        var icu = found.Where(p => IsIcu().IsMatch(p.Name)).ToImmutableArray();
        await workshop.DownloadAsync(suite, [.. libraries, .. icu], cancellation);

        var layers = ImmutableArray.CreateBuilder<ImageLayer>();
        layers.Add(await LibrariesAsync(workshop, libraries, cancellation));
        if (needsIcu)
        {
            layers.Add(await IcuAsync(workshop, icu, cancellation));
            layers.Add(await RuntimeAsync(workshop, cancellation));
        }

        if (AspNetVersion is not null)
        {
            layers.Add(await AspNetAsync(workshop, cancellation));
        }

        var dotnet = Version is null ? "" : $" and this machine's .NET {Version}";
        return new($"packages of Debian {suite}{dotnet}", Settings(), layers.ToImmutable());
    }

    private static Task<ImageLayer> LibrariesAsync(
        Workshop workshop,
        ImmutableArray<DebianPackage> packages,
        CancellationToken cancellation
    ) =>
        workshop.LayerAsync(
            "dotnet-deps",
            $"packages {string.Join(' ', packages.Select(p => $"{p.Name}={p.Version}"))}",
            packages.Select(p => p.Sha256),
            async layer =>
            {
                RootFileSystem.Write(layer, ("app", AppUser, "/home/app"));
                var certificates = new CertificateBundle();
                foreach (var package in packages)
                {
                    await PackageUnpacker.CopyAsync(package, layer, _ => true, certificates.Observe, cancellation);
                }

                certificates.Write(layer);
                RootFileSystem.WriteApplets(layer);
            },
            cancellation
        );

    private static Task<ImageLayer> IcuAsync(
        Workshop workshop,
        ImmutableArray<DebianPackage> packages,
        CancellationToken cancellation
    ) =>
        workshop.LayerAsync(
            "icu",
            $"packages {string.Join(' ', packages.Select(p => $"{p.Name}={p.Version}"))}",
            packages.Select(p => p.Sha256),
            async layer =>
            {
                foreach (var package in packages)
                {
                    await PackageUnpacker.CopyAsync(package, layer, _ => true, null, cancellation);
                }
            },
            cancellation
        );

    private Task<ImageLayer> RuntimeAsync(Workshop workshop, CancellationToken cancellation)
    {
        var host = $"host/fxr/{Dotnet!.HostVersion()}";
        var runtime = $"shared/{DotnetInstallation.Runtime}/{Version}";
        return workshop.LayerAsync(
            "dotnet-runtime",
            $".NET {Version}",
            [Dotnet.Root, host, runtime],
            layer =>
            {
                AddFile(layer, "dotnet");
                AddFolder(layer, host);
                AddFolder(layer, runtime);
                layer.AddLink("usr/bin/dotnet", "/usr/share/dotnet/dotnet");
                return Task.CompletedTask;
            },
            cancellation
        );
    }

    private Task<ImageLayer> AspNetAsync(Workshop workshop, CancellationToken cancellation)
    {
        var framework = $"shared/{DotnetInstallation.AspNet}/{AspNetVersion}";
        return workshop.LayerAsync(
            "aspnetcore",
            $"ASP.NET Core {AspNetVersion}",
            [Dotnet!.Root, framework],
            layer =>
            {
                AddFolder(layer, framework);
                return Task.CompletedTask;
            },
            cancellation
        );
    }

    private void AddFolder(LayerFile layer, string folder)
    {
        var files = Directory.EnumerateFiles(Path.Combine(Dotnet!.Root, folder), "*", SearchOption.AllDirectories);
        foreach (var file in files.Order(StringComparer.Ordinal))
        {
            AddFile(layer, Path.GetRelativePath(Dotnet.Root, file));
        }
    }

    private void AddFile(LayerFile layer, string name)
    {
        using var file = File.OpenRead(Path.Combine(Dotnet!.Root, name));
        var isProgram = Path.GetFileName(name) is "dotnet" or "createdump";
        layer.AddFile($"usr/share/dotnet/{name}", file, LayerFile.Mode(isProgram ? "0755" : "0644"));
    }

    private ImageSettings Settings() =>
        new()
        {
            Command = ["/bin/sh"],
            Environment =
            [
                $"PATH={RootFileSystem.DefaultPath}",
                $"APP_UID={AppUser}",
                "ASPNETCORE_HTTP_PORTS=8080",
                "DOTNET_RUNNING_IN_CONTAINER=true",
                .. Version is null ? Array.Empty<string>() : [$"DOTNET_VERSION={Version}"],
                .. AspNetVersion is null ? Array.Empty<string>() : [$"ASPNET_VERSION={AspNetVersion}"],
            ],
        };

    [GeneratedRegex("^mcr\\.microsoft\\.com/dotnet/(aspnet|runtime|runtime-deps)$")]
    private static partial Regex Repository();

    [GeneratedRegex(@"^(latest|(?<version>\d+\.\d+)(?<rest>[.-].*)?)$")]
    private static partial Regex TagOf();

    [GeneratedRegex(@"^(libc6|libgcc-s1|libstdc\+\+6|zlib1g|libssl3(t64)?|ca-certificates|tzdata|busybox-static)$")]
    private static partial Regex IsLibrary();

    [GeneratedRegex(@"^libicu\d+(t64)?$")]
    private static partial Regex IsIcu();
}
