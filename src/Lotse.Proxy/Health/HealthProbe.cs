using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Lotse.Proxy.Contract;

namespace Lotse.Proxy.Health;

/// <summary>Asks a target's health path once. It judges nothing.</summary>
internal sealed class HealthProbe(HttpMessageInvoker invoker, TimeProvider time) : IHealthProbe
{
    private const int BodyStart = 500;

    public async Task<ProbeReport> AskAsync(string url, ServiceOptions options, CancellationToken cancellation) =>
        await AskOnceAsync(url, options, cancellation) with
        {
            LastAt = time.GetUtcNow(),
        };

    private async Task<ProbeReport> AskOnceAsync(string url, ServiceOptions options, CancellationToken cancellation)
    {
        var (host, timeout) = (options.HealthCheckHost, options.HealthCheckTimeout);
        using var limit = new CancellationTokenSource(timeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            if (options.TargetHttp2)
            {
                (request.Version, request.VersionPolicy) = (
                    HttpVersion.Version20,
                    HttpVersionPolicy.RequestVersionExact
                );
            }

            request.Headers.Host = host.Length == 0 ? null : host;
            request.Headers.UserAgent.Add(new ProductInfoHeaderValue("lotse-proxy", null));
            using var response = await invoker.SendAsync(request, linked.Token);
            var status = (int)response.StatusCode;
            return HealthRule.IsHealthy(status)
                ? new ProbeReport { Url = url, Status = status }
                : new ProbeReport
                {
                    Url = url,
                    Status = status,
                    BodyStart = await ReadStartAsync(response, linked.Token),
                    Fault = ProbeFault.Status,
                    FaultText = $"status {status}",
                };
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Failed(url, ProbeFault.Timeout, $"no answer within {timeout.TotalSeconds:0.#} s");
        }
        catch (HttpRequestException failed)
        {
            return Failed(url, FaultOf(failed), failed.InnerException?.Message ?? failed.Message);
        }
        catch (IOException failed)
        {
            return Failed(url, ProbeFault.Protocol, failed.Message);
        }
    }

    private static ProbeReport Failed(string url, ProbeFault fault, string text) =>
        new()
        {
            Url = url,
            Fault = fault,
            FaultText = text,
        };

    private static ProbeFault FaultOf(HttpRequestException failed) =>
        failed switch
        {
            { HttpRequestError: HttpRequestError.NameResolutionError } => ProbeFault.NameNotFound,
            { InnerException: SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain } } =>
                ProbeFault.NameNotFound,
            { HttpRequestError: HttpRequestError.ConnectionError } => ProbeFault.ConnectionRefused,
            _ => ProbeFault.Protocol,
        };

    /// <summary>The body's start, or as much of it as comes: the status is the finding, whatever becomes of the body.</summary>
    private static async Task<string> ReadStartAsync(HttpResponseMessage response, CancellationToken limit)
    {
        var (buffer, count) = (new byte[BodyStart], 0);
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(limit);
            int more;
            while ((more = await body.ReadAsync(buffer.AsMemory(count), limit)) > 0)
            {
                count += more;
            }
        }
        catch (Exception cut) when (cut is OperationCanceledException or IOException)
        {
            return Encoding.UTF8.GetString(buffer, 0, count);
        }

        return Encoding.UTF8.GetString(buffer, 0, count);
    }
}

/// <summary>Asks a target's health path once.</summary>
internal interface IHealthProbe
{
    /// <param name="url">What is asked for.</param>
    /// <param name="options">Its Host header, the longest it may take, and what the target speaks.</param>
    /// <param name="cancellation">Ends the probe without a report.</param>
    Task<ProbeReport> AskAsync(string url, ServiceOptions options, CancellationToken cancellation);
}
