using System.Text.RegularExpressions;
using Lotse.Testing.Packages;
using Lotse.Testing.Processes;

namespace Lotse.Testing.Registries;

/// <summary>
/// A real registry (CNCF distribution, Debian's package docker-registry) that asks for a login: a folder of its own, a free port, gone when disposed.
/// </summary>
public sealed partial class DistributionServer : IAsyncDisposable
{
    /// <summary>The only user.</summary>
    public const string User = "pilot";

    /// <summary>The user's password; its Base64 would hold the characters that the URL's alphabet replaces.</summary>
    public const string Password = "tide/+?harbour~~>";

    // bcrypt of the password, of the lowest cost: each request of an engine is checked by it.
    private const string Users = User + ":$2b$04$IIPe2R00KhTThVIcwIok2.MCc2WhHInbsfLlvPHDf8TgDoxI/rT9.\n";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly DirectoryInfo folder;
    private readonly TestProcess process;

    private DistributionServer(DirectoryInfo folder, TestProcess process, string address)
    {
        this.folder = folder;
        this.process = process;
        Address = address;
    }

    /// <summary>Where it listens: <c>host:port</c>.</summary>
    public string Address { get; }

    /// <summary>The requests that it answered, like <c>PUT /v2/app/manifests/1 201</c>.</summary>
    public IReadOnlyList<string> Requests =>
        [.. process.Lines.Select(l => AccessLine().Match(l.Text)).Where(m => m.Success).Select(Describe)];

    /// <summary>Starts one; skips the test, with the reason, where there is none and none can be had.</summary>
    /// <param name="cancellation">Ends the start.</param>
    /// <param name="ip">The address of this machine on which it listens.</param>
    /// <param name="certificate">What it shows to TLS clients; null: it speaks plain HTTP.</param>
    public static async Task<DistributionServer> StartAsync(
        CancellationToken cancellation,
        string ip = "127.0.0.1",
        ServerCertificate? certificate = null
    )
    {
        var folder = Directory.CreateTempSubdirectory("lotse-distribution-");
        try
        {
            var program = await FindAsync(cancellation);
            var configuration = await ConfigureAsync(folder, ip, certificate, cancellation);
            var process = TestProcess.Start(
                new ProcessRequest { FileName = program, Arguments = ["serve", configuration] }
            );
            var line = await process.WaitForLineAsync(l => ListeningLine().IsMatch(l), Limit, cancellation);
            return new DistributionServer(folder, process, ListeningLine().Match(line.Text).Groups["address"].Value);
        }
        catch
        {
            folder.Delete(recursive: true);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        folder.Delete(recursive: true);
    }

    /// <summary>The program of this machine, else out of the package, which is not installed: that would start a service.</summary>
    private static async Task<string> FindAsync(CancellationToken cancellation)
    {
        const string Installed = "/usr/bin/docker-registry";
        if (File.Exists(Installed))
        {
            return Installed;
        }

        var (folder, failure) = await AptPackages.UnpackOnceAsync("docker-registry", cancellation);
        Assert.SkipWhen(failure is not null, $"There is no registry to test with: {failure}");
        return Path.Combine(folder, "usr", "bin", "docker-registry");
    }

    private static async Task<string> ConfigureAsync(
        DirectoryInfo folder,
        string ip,
        ServerCertificate? certificate,
        CancellationToken cancellation
    )
    {
        string In(string name) => Path.Combine(folder.FullName, name);
        await File.WriteAllTextAsync(In("users"), Users, cancellation);
        var tls = "";
        if (certificate is not null)
        {
            await File.WriteAllTextAsync(In("server.crt"), certificate.Certificate, cancellation);
            await File.WriteAllTextAsync(In("server.key"), certificate.Key, cancellation);
            tls = $", tls: {{certificate: {In("server.crt")}, key: {In("server.key")}}}";
        }

        string[] lines =
        [
            "version: 0.1",
            $"storage: {{filesystem: {{rootdirectory: {In("data")}}}}}",
            $"http: {{addr: \"{ip}:0\"{tls}}}",
            $"auth: {{htpasswd: {{realm: test, path: {In("users")}}}}}",
        ];
        await File.WriteAllLinesAsync(In("config.yml"), lines, cancellation);
        return In("config.yml");
    }

    private static string Describe(Match request) => $"{request.Groups["request"]} {request.Groups["status"]}";

    [GeneratedRegex("""listening on (?<address>[0-9.]+:\d+)""", RegexOptions.ExplicitCapture)]
    private static partial Regex ListeningLine();

    [GeneratedRegex("\"(?<request>[A-Z]+ [^ \"]+) HTTP/[0-9.]+\" (?<status>\\d{3}) ", RegexOptions.ExplicitCapture)]
    private static partial Regex AccessLine();
}

/// <summary>A server's certificate, which is its own authority, and its key; both PEM.</summary>
public sealed record ServerCertificate(string Certificate, string Key);
