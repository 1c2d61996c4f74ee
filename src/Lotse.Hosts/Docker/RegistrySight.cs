using System.Net;
using Lotse.Configuration;
using Lotse.Execution.Ports;

namespace Lotse.Hosts.Docker;

/// <summary>
/// Looks at a registry from this machine, without a login, when an engine could not say why it does not get in: the base endpoint of the distribution API
/// answers 401 where a login is asked for (<see href="https://distribution.github.io/distribution/spec/api/#api-version-check"/>).
/// </summary>
internal static class RegistrySight
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(5);

    /// <summary>What stands between an engine and a registry that it did not get into; never <see cref="LoginOutcome.Accepted"/>.</summary>
    public static async Task<LoginOutcome> LookAsync(string address, CancellationToken cancellation)
    {
        var server = address == RegistryConfig.DockerHub ? "registry-1.docker.io" : address;
        using var handler = new SocketsHttpHandler { ConnectTimeout = ConnectLimit, AllowAutoRedirect = false };
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

    private static async Task<LoginOutcome> AskAsync(HttpClient client, string url, CancellationToken cancellation)
    {
        try
        {
            using var answer = await client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, cancellation);
            // With a token server the engine would have heard a clear no from that: here it is the registry's own.
            var isOwnLogin = answer.Headers.WwwAuthenticate.Any(c =>
                c.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase)
            );
            return answer.StatusCode == HttpStatusCode.Unauthorized && isOwnLogin
                ? LoginOutcome.Refused
                : LoginOutcome.Unclear;
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
}
