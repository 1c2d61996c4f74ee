using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Docker.DotNet;
using Lotse.Execution.Ports;

namespace Lotse.Hosts.Docker;

/// <summary>Turns what the engine's client throws into <see cref="HostException"/>.</summary>
internal static class EngineErrors
{
    /// <summary>Asks, and translates what goes wrong. Cancellation passes through.</summary>
    public static async Task<T> TranslateAsync<T>(string host, string action, Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (DockerApiException answer)
        {
            throw FromAnswer(host, action, answer);
        }
        catch (TransferException transfer)
        {
            throw FromText(host, action, transfer.Message, transfer);
        }
        catch (Exception wrapped) when (wrapped is not HostException && HostFailureIn(wrapped) is { } own)
        {
            // The way to the engine failed, not the engine: that is told already.
            throw new HostException(own.Failure, host, action, own.Evidence, own.Cure, wrapped);
        }
        catch (Exception broken)
            when (broken is HttpRequestException or IOException or SocketException or TimeoutException)
        {
            var cure =
                "Check that the engine runs: `docker info` on that host; where systemd starts it, `sudo systemctl status docker` shows why it ended, and `sudo systemctl start docker` starts it.";
            throw new HostException(HostFailure.Unreachable, host, action, Innermost(broken).Message, cure, broken);
        }
    }

    /// <summary>The engine takes what is asked, and does not answer.</summary>
    public static HostException Silent(string host, string action, TimeSpan limit, Exception inner) =>
        new(
            HostFailure.Silent,
            host,
            action,
            $"the engine has not answered for {limit.TotalSeconds:0} s.",
            "See why: `sudo journalctl -u docker -n 50` on that host. `sudo systemctl restart docker` starts the engine anew; without live-restore its containers start anew with it.",
            inner
        );

    private static HostException FromAnswer(string host, string action, DockerApiException answer)
    {
        var text = MessageOf(answer);
        return answer.StatusCode switch
        {
            HttpStatusCode.NotFound when answer is DockerImageNotFoundException => new HostException(
                HostFailure.ImageNotFound,
                host,
                action,
                text,
                "The image is not on the host: deploy again, or choose a release that is still there (Status lists them).",
                answer
            ),
            HttpStatusCode.Conflict => new HostException(HostFailure.Conflict, host, action, text, "", answer),
            _ => FromText(host, action, text, answer),
        };
    }

    /// <summary>
    /// The engine reports a taken port and a full disk as 500 with a text only: the operating system's own words are all
    /// there is to tell them by, and they serve for the cure alone.
    /// </summary>
    private static HostException FromText(string host, string action, string text, Exception inner)
    {
        if (Says(text, "port is already allocated") || Says(text, "address already in use"))
        {
            var cure =
                "Another program holds the port. Stop it, or choose another port for the proxy: `--http-port 8080`, or proxy.run.http_port in the configuration.";
            return new HostException(HostFailure.PortInUse, host, action, text, cure, inner);
        }

        if (Says(text, "no space left on device"))
        {
            var cure =
                "The disk is full. Free space (`docker system df` shows what the engine holds), then deploy again.";
            return new HostException(HostFailure.NoSpace, host, action, text, cure, inner);
        }

        return new HostException(HostFailure.Engine, host, action, text, "", inner);
    }

    private static bool Says(string text, string words) => text.Contains(words, StringComparison.OrdinalIgnoreCase);

    /// <summary>The engine's own sentence out of an answer <c>{"message": …}</c>.</summary>
    public static string MessageOf(DockerApiException answer)
    {
        try
        {
            using var json = JsonDocument.Parse(answer.ResponseBody ?? "");
            return json.RootElement.GetProperty("message").GetString() ?? answer.Message;
        }
        catch (Exception unreadable)
            when (unreadable is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return answer.Message;
        }
    }

    private static HostException? HostFailureIn(Exception exception) =>
        exception is HostException own ? own
        : exception.InnerException is { } inner ? HostFailureIn(inner)
        : null;

    private static Exception Innermost(Exception exception) =>
        exception.InnerException is { } inner ? Innermost(inner) : exception;
}
