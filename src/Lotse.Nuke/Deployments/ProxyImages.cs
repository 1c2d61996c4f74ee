using System.Security.Cryptography;
using System.Text;
using Lotse.Execution.Ports;
using Lotse.Hosts.Local;

namespace Lotse.Nuke.Deployments;

/// <summary>
/// The edge proxy's image, made from its sources once for each state of them: compiled ahead of time where this machine can, else as it is with its
/// runtime in it. The image's tag is a hash of the sources, so a change of the proxy is seen and an unchanged one costs nothing.
/// </summary>
internal sealed class ProxyImages(
    string projectFolder,
    Func<CancellationToken, Task<IImageBuilder>> builder,
    Func<CancellationToken, Task<IBaseImages>> baseImages,
    TimeProvider time
) : IProxyImages
{
    private static readonly string[] Sources = ["src/Lotse.Proxy", "src/Lotse.Proxy.Contract"];
    private readonly Lazy<string> name = new(() => $"lotse-proxy:{HashOf(projectFolder)}");

    public string ImageName => name.Value;

    public async Task EnsureAsync(IContainerEngine engine, IProgress<string> progress, CancellationToken cancellation)
    {
        if (await engine.HasImageAsync(ImageName, cancellation))
        {
            return;
        }

        // Two deploys at once would compile into the same folder.
        using var only = await FileLock.AcquireAsync(
            Path.Combine(projectFolder, "artifacts", "lotse-proxy.lock"),
            time,
            () => progress.Report("waiting for another deploy that is building the edge proxy's image"),
            cancellation
        );
        if (await engine.HasImageAsync(ImageName, cancellation))
        {
            return;
        }

        progress.Report("building the edge proxy's image; this happens once for each version of the proxy");
        var output = await new ProxyCompiler(projectFolder).CompileAsync(progress, cancellation);
        await BuildAsync(output, cancellation);
    }

    private async Task BuildAsync(string output, CancellationToken cancellation)
    {
        var images = await builder(cancellation);
        var request = new BuildRequest
        {
            ContextDirectory = output,
            DockerfilePath = Path.Combine(projectFolder, "src", "Lotse.Proxy", "Dockerfile"),
            Tags = [ImageName],
        };
        var bases = await baseImages(cancellation);
        await bases.EnsureAsync(images.FindBaseImages(request), null, cancellation);
        await images.BuildAsync(request, null, cancellation);
    }

    private static string HashOf(string projectFolder)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var files = Sources
            .Select(s => Path.Combine(projectFolder, s))
            .Where(Directory.Exists)
            .SelectMany(s => Directory.EnumerateFiles(s, "*", SearchOption.AllDirectories))
            .Where(f => !IsOutput(Path.GetRelativePath(projectFolder, f)))
            .Append(Path.Combine(projectFolder, "Directory.Packages.props"))
            .Order(StringComparer.Ordinal);
        foreach (var file in files.Where(File.Exists))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(Path.GetRelativePath(projectFolder, file)));
            hash.AppendData(File.ReadAllBytes(file));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..12];
    }

    private static bool IsOutput(string path) =>
        path.Split(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar).Any(part => part is "bin" or "obj");
}
