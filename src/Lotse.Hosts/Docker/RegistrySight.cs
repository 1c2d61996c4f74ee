using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Lotse.Configuration;
using Lotse.Execution.Ports;

namespace Lotse.Hosts.Docker;

/// <summary>
/// Looks at a registry from this machine, without a login, when an engine could not say why it does not get in: the base endpoint of the distribution API
/// answers 401 where a login is asked for (<see href="https://distribution.github.io/distribution/spec/api/#api-version-check"/>).
/// </summary>
internal static partial class RegistrySight
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(5);

    /// <summary>What stands between an engine and a registry that it did not get into; never <see cref="LoginOutcome.Accepted"/>.</summary>
    public static async Task<LoginOutcome> LookAsync(string address, CancellationToken cancellation)
    {
        var server = address == RegistryConfig.DockerHub ? "registry-1.docker.io" : address;
        using var handler = new SocketsHttpHandler { ConnectTimeout = ConnectLimit, AllowAutoRedirect = false };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
            errors == SslPolicyErrors.None
            || (errors == SslPolicyErrors.RemoteCertificateChainErrors && IsTrustedByEngine(certificate, server));
        using var client = new HttpClient(handler);
        var secure = await AskAsync(client, $"https://{server}/v2/", cancellation);
        if (secure != LoginOutcome.Untrusted)
        {
            return secure;
        }

        // One that speaks no TLS can still be one that the engine is told to use.
        var plain = await AskAsync(client, $"http://{server}/v2/", cancellation);
        return plain == LoginOutcome.Refused ? plain : secure;
    }

    /// <summary>
    /// Whether an authority signed it that this machine's engine is told to trust for that server
    /// (<see href="https://docs.docker.com/engine/security/certificates/"/>).
    /// </summary>
    private static bool IsTrustedByEngine(X509Certificate? certificate, string server)
    {
        var folder = new DirectoryInfo(Path.Combine("/etc/docker/certs.d", server));
        if (certificate is null || !folder.Exists)
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        try
        {
            foreach (var authority in folder.EnumerateFiles("*.crt"))
            {
                chain.ChainPolicy.CustomTrustStore.ImportFromPemFile(authority.FullName);
            }
        }
        catch (Exception unreadable)
            when (unreadable is IOException or UnauthorizedAccessException or CryptographicException)
        {
            // What this process may not read, or cannot, the engine may still trust: its own words are shown in any case.
            return false;
        }

        using var own = new X509Certificate2(certificate);
        return chain.Build(own);
    }

    private static async Task<LoginOutcome> AskAsync(HttpClient client, string url, CancellationToken cancellation)
    {
        try
        {
            using var answer = await client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, cancellation);
            if (answer.StatusCode != HttpStatusCode.Unauthorized)
            {
                return LoginOutcome.Unclear;
            }

            // Where a token server gives out logins, it must answer as well: whatever it says to nobody in particular.
            if (TokenServerOf(answer.Headers.WwwAuthenticate) is { } tokens)
            {
                using var any = await client.GetAsync(tokens, HttpCompletionOption.ResponseHeadersRead, cancellation);
            }

            return LoginOutcome.Refused;
        }
        catch (HttpRequestException failed)
        {
            return failed.HttpRequestError switch
            {
                HttpRequestError.NameResolutionError => LoginOutcome.NameUnknown,
                HttpRequestError.SecureConnectionError => LoginOutcome.Untrusted,
                HttpRequestError.ConnectionError => LoginOutcome.OutOfReach,
                _ => LoginOutcome.Unclear,
            };
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return LoginOutcome.OutOfReach;
        }
    }

    /// <summary>The realm of a challenge to bring a token (<see href="https://distribution.github.io/distribution/spec/auth/token/"/>); null without one.</summary>
    private static Uri? TokenServerOf(IEnumerable<AuthenticationHeaderValue> challenges)
    {
        var bearer = challenges.FirstOrDefault(c => c.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase));
        var realm = Realm().Match(bearer?.Parameter ?? "").Groups["url"].Value;
        return
            Uri.TryCreate(realm, UriKind.Absolute, out var url)
            && (url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeHttp)
            ? url
            : null;
    }

    [GeneratedRegex("realm=\"(?<url>[^\"]+)\"", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase)]
    private static partial Regex Realm();
}
