using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using Lotse.Execution.Ports;
using Lotse.Hosts.Images.Context;
using Lotse.Hosts.Local;

namespace Lotse.Hosts.Images.Building;

/// <summary>Builds with BuildKit through the docker command's buildx plugin, into the engine's own store.</summary>
internal sealed partial class BuildxBuilder
{
    /// <summary>The first version with machine-readable progress.</summary>
    private static readonly Version Oldest = new(0, 13, 0);

    private readonly string _docker;
    private readonly IReadOnlyDictionary<string, string> _environment;

    private BuildxBuilder(string docker, IReadOnlyDictionary<string, string> environment, Version version)
    {
        _docker = docker;
        _environment = environment;
        Version = version;
    }

    public Version Version { get; }

    /// <summary>The plugin at hand; null with the reason when there is none that will do.</summary>
    public static async Task<(BuildxBuilder? Builder, string Reason)> FindAsync(
        string? path,
        IReadOnlyDictionary<string, string> environment,
        CancellationToken cancellation
    )
    {
        if (LocalProcess.Find("docker", path) is not { } docker)
        {
            return (null, "there is no docker command on the PATH");
        }

        var request = new ProcessRequest
        {
            Program = docker,
            Arguments = ["buildx", "version"],
            Environment = environment,
        };
        var result = await LocalProcess.RunAsync(request, cancellation);
        var match = VersionText().Match(string.Join(' ', result.Tail));
        if (result.ExitCode != 0 || !match.Success)
        {
            return (null, "the docker command has no buildx plugin");
        }

        var version = Version.Parse(match.Groups[1].Value);
        return version >= Oldest
            ? (new(docker, environment, version), "")
            : (null, $"buildx {version} is older than {Oldest}");
    }

    public async Task<BuildOutcome> BuildAsync(
        BuildRequest request,
        BuildContext context,
        IProgress<BuildProgress>? progress,
        CancellationToken cancellation
    )
    {
        using var staging = await ContextStaging.CreateAsync(context, request.Clock, cancellation);
        var metadata = staging.Folder + ".json";
        var output = new BuildxOutput(context.Dockerfile, progress);
        var process = new ProcessRequest
        {
            Program = _docker,
            Arguments = Arguments(request, context.DockerfilePath, metadata, staging.Folder),
            Environment = Environment(request),
            OnLine = output.Take,
        };
        var result = await LocalProcess.RunAsync(process, cancellation);
        return result.ExitCode == 0
            ? new(ImageId: ImageId(metadata) ?? request.Tags[0])
            : new(Error: output.Error, NeverBegan: !output.Began);
    }

    /// <summary>
    /// The builder "default" is the engine's own BuildKit, the only one that sees images which no registry has.
    /// Attestations are left out: with them even a single image becomes an index.
    /// </summary>
    internal static ImmutableArray<string> Arguments(
        BuildRequest request,
        string dockerfile,
        string metadata,
        string folder
    ) =>
        [
            "buildx",
            "build",
            "--builder=default",
            "--load",
            "--progress=rawjson",
            "--provenance=false",
            "--sbom=false",
            $"--metadata-file={metadata}",
            $"--file={dockerfile}",
            .. request.Tags.Select(tag => $"--tag={tag}"),
            .. request.Args.Select(arg => $"--build-arg={arg.Key}={arg.Value}"),
            .. request.Labels.Select(label => $"--label={label.Key}={label.Value}"),
            .. request.Secrets.Select((secret, n) => $"--secret=id={secret.Id},env={SecretVariable(n)}"),
            .. request.Target is null ? Array.Empty<string>() : [$"--target={request.Target}"],
            .. request.Platform is null ? Array.Empty<string>() : [$"--platform={request.Platform}"],
            .. request.Network is null ? Array.Empty<string>() : [$"--network={request.Network}"],
            .. request.NoCache ? ["--no-cache"] : Array.Empty<string>(),
            folder,
        ];

    private Dictionary<string, string> Environment(BuildRequest request)
    {
        var environment = new Dictionary<string, string>(_environment)
        {
            ["SOURCE_DATE_EPOCH"] = request
                .Clock.ToUnixTimeSeconds()
                .ToString(System.Globalization.CultureInfo.InvariantCulture),
        };
        foreach (var (n, secret) in request.Secrets.Index())
        {
            environment[SecretVariable(n)] = secret.Unwrap();
        }

        return environment;
    }

    private static string SecretVariable(int number) => $"LOTSE_BUILD_SECRET_{number}";

    private static string? ImageId(string metadata)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(metadata));
        return document.RootElement.TryGetProperty("containerimage.digest", out var digest) ? digest.GetString() : null;
    }

    [GeneratedRegex(@"buildx v?(\d+\.\d+\.\d+)")]
    private static partial Regex VersionText();
}
