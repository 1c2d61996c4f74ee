using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Lotse.Hosts.Local;

/// <summary>The addresses at which this machine's engine may be, in the order in which the docker command would look.</summary>
internal static class EngineCandidates
{
    public static ImmutableArray<EngineCandidate> For(HostSystem system, EngineSite site)
    {
        if (site.Variable("DOCKER_HOST") is { Length: > 0 } host)
        {
            return [new(Normalise(host), "DOCKER_HOST", Named: true)];
        }

        var folder = site.Variable("DOCKER_CONFIG") is { Length: > 0 } given
            ? given
            : Path.Combine(site.Home, ".docker");
        if (site.Variable("DOCKER_CONTEXT") is { Length: > 0 } context && context != "default")
        {
            return [new(ContextAddress(folder, context) ?? "", $"DOCKER_CONTEXT={context}", Named: true)];
        }

        var selected = CurrentContext(folder);
        var contexts = LocalContexts(folder).ToList();
        return
        [
            .. contexts
                .Where(c => c.Name == selected)
                .Select(c => new EngineCandidate(c.Host, $"the docker context {c.Name}")),
            .. WellKnown(system, site),
            .. contexts
                .Where(c => c.Name != selected)
                .Select(c => new EngineCandidate(c.Host, $"the docker context {c.Name}")),
        ];
    }

    private static IEnumerable<EngineCandidate> WellKnown(HostSystem system, EngineSite site)
    {
        if (system == HostSystem.Windows)
        {
            yield return new("npipe://./pipe/docker_engine", "the default pipe");
            yield break;
        }

        yield return new($"unix://{site.DefaultSocket}", "the default socket");
        if (site.Variable("XDG_RUNTIME_DIR") is { Length: > 0 } runtime)
        {
            yield return new($"unix://{runtime.TrimEnd('/')}/docker.sock", "the rootless engine's socket");
        }

        yield return new($"unix://{site.Home.TrimEnd('/')}/.docker/run/docker.sock", "Docker Desktop's socket");
    }

    private static string? CurrentContext(string folder)
    {
        using var document = TryParse(Path.Combine(folder, "config.json"));
        return document is not null && document.RootElement.TryGetProperty("currentContext", out var name)
            ? name.GetString()
            : null;
    }

    /// <summary>Contexts whose engine is on this machine; others are not what "local" means.</summary>
    private static IEnumerable<(string Name, string Host)> LocalContexts(string folder)
    {
        var metadata = Path.Combine(folder, "contexts", "meta");
        if (!Directory.Exists(metadata))
        {
            yield break;
        }

        foreach (var context in Directory.GetDirectories(metadata).Order(StringComparer.Ordinal))
        {
            if (Read(Path.Combine(context, "meta.json")) is { } found && IsLocal(found.Host))
            {
                yield return found;
            }
        }
    }

    /// <summary>The docker command writes a pipe with four slashes; as a URI that has no host.</summary>
    private static string Normalise(string address) =>
        address.StartsWith("npipe:////./", StringComparison.Ordinal) ? $"npipe://./{address[12..]}" : address;

    private static bool IsLocal(string host) =>
        host.StartsWith("unix:", StringComparison.Ordinal) || host.StartsWith("npipe:", StringComparison.Ordinal);

    /// <summary>A context's folder is named by the SHA-256 of its name.</summary>
    private static string? ContextAddress(string folder, string name)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
        return Read(Path.Combine(folder, "contexts", "meta", hash, "meta.json"))?.Host;
    }

    private static (string Name, string Host)? Read(string path)
    {
        using var document = TryParse(path);
        return
            document is not null
            && document.RootElement.TryGetProperty("Name", out var name)
            && document.RootElement.TryGetProperty("Endpoints", out var endpoints)
            && endpoints.TryGetProperty("docker", out var docker)
            && docker.TryGetProperty("Host", out var host)
            ? (name.GetString() ?? "", Normalise(host.GetString() ?? ""))
            : null;
    }

    /// <summary>A file of the docker command's own: missing, unreadable or broken, it says nothing of where the engine is.</summary>
    private static JsonDocument? TryParse(string path)
    {
        try
        {
            return File.Exists(path) ? JsonDocument.Parse(File.ReadAllBytes(path)) : null;
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
