using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Lotse.EndToEnd.Host;
using Lotse.Execution;
using Lotse.Testing.Registries;
using Lotse.Testing.Servers;

namespace Lotse.Servers.Tests;

/// <summary>A registry that this machine and the servers reach by themselves, with TLS by an authority of its own.</summary>
public sealed class RegistryTests(SharedServers shared)
{
    private const string TrustFolder = "/etc/docker/certs.d";

    [Fact]
    public async Task Servers_pull_from_the_registry_once_they_trust_it_and_keep_no_login()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root tells this machine's engine whom to trust.");
        await using var world = await shared.CreateAsync(2, Token);
        var gateway = GatewayOf(world.Servers[0]);
        var certificate = Certify(gateway);
        await using var registry = await DistributionServer.StartAsync(Token, $"{gateway}", certificate);
        await world.BeginAnewAsync(s => Using(s, registry, DistributionServer.Password));

        var untrusted = await Assert.ThrowsAsync<UserException>(() => world.DeployAsync("v1"));
        Assert.Contains("1 problem(s)", untrusted.Message, StringComparison.Ordinal);
        Assert.Contains($"{TrustFolder}/{registry.Address}/ca.crt", untrusted.Message, StringComparison.Ordinal);

        using var trust = await TrustAsync(registry.Address, certificate);
        await world.BeginAnewAsync(s => Using(s, registry, "ebb-and-flow"));
        var refused = await Assert.ThrowsAsync<UserException>(() => world.DeployAsync("v1"));
        Assert.Contains("does not take this login", refused.Message, StringComparison.Ordinal);

        await world.BeginAnewAsync(s => Using(s, registry, DistributionServer.Password));
        await TrustAsync(world.Servers[0], registry.Address, certificate);
        var elsewhere = await Assert.ThrowsAsync<UserException>(() => world.DeployAsync("v1"));
        Assert.Contains("1 problem(s)", elsewhere.Message, StringComparison.Ordinal);
        var blamed = $"the way from {world.Servers[1].Address} to the registry";
        Assert.Contains(blamed, elsewhere.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(registry.Requests, r => r.StartsWith("PUT", StringComparison.Ordinal));

        await TrustAsync(world.Servers[1], registry.Address, certificate);
        await world.DeployAsync("v1");

        await world.AssertAtRestAsync("v1");
        var manifest = $"GET /v2/{world.Spec.Service}/manifests/sha256:";
        var pulls = registry.Requests.Where(r => r.StartsWith(manifest, StringComparison.Ordinal));
        Assert.Equal(world.Servers.Count, pulls.Count());
        foreach (var server in world.Servers)
        {
            Assert.Equal("none", await server.ExecAsync("cat ~/.docker/config.json 2>/dev/null || echo none", Token));
            var names = await server.ExecAsync("docker images --digests --format '{{.Repository}}'", Token);
            Assert.DoesNotContain(registry.Address, names, StringComparison.Ordinal);
        }
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static WorldSpec Using(WorldSpec spec, DistributionServer registry, string password) =>
        spec with
        {
            Registry = registry.Address,
            RegistryUser = DistributionServer.User,
            RegistryPassword = password,
        };

    /// <summary>This machine's own address in the servers' network.</summary>
    private static IPAddress GatewayOf(NestedServer server)
    {
        var bytes = IPAddress.Parse(server.Address).GetAddressBytes();
        bytes[3] = 1;
        return new IPAddress(bytes);
    }

    private static ServerCertificate Certify(IPAddress address)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=registry", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(address);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, critical: true));
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return new ServerCertificate(certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>This machine's engine trusts it until the result is disposed. The engine looks there at each request.</summary>
    private static async Task<Trust> TrustAsync(string address, ServerCertificate certificate)
    {
        var folder = Directory.CreateDirectory(Path.Combine(TrustFolder, address));
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "ca.crt"), certificate.Certificate, Token);
        return new Trust(folder);
    }

    private static Task<string> TrustAsync(NestedServer server, string address, ServerCertificate certificate) =>
        server.ExecAsync(
            $"mkdir -p {TrustFolder}/{address} && cat >{TrustFolder}/{address}/ca.crt <<'END'\n{certificate.Certificate}\nEND",
            Token
        );

    private sealed class Trust(DirectoryInfo folder) : IDisposable
    {
        public void Dispose() => folder.Delete(recursive: true);
    }
}
