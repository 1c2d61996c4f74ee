using System.Net.Sockets;
using Docker.DotNet;

namespace Lotse.Testing.Engine;

/// <summary>Decides whether tests with a real engine run.</summary>
internal static class EngineGate
{
    /// <summary>Set to 1 where an engine is known to be there: then its absence fails tests instead of skipping them.</summary>
    public const string RequireVariable = "LOTSE_TEST_REQUIRE_ENGINE";

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);

    /// <summary>DOCKER_HOST, or where the engine of this system listens.</summary>
    public static Uri Address =>
        Environment.GetEnvironmentVariable("DOCKER_HOST") is { Length: > 0 } host ? new Uri(host)
        : OperatingSystem.IsWindows() ? new Uri("npipe://./pipe/docker_engine")
        : new Uri("unix:///var/run/docker.sock");

    /// <summary>Whether the environment says that there must be one.</summary>
    public static bool MustBeThere => Environment.GetEnvironmentVariable(RequireVariable) == "1";

    /// <summary>Returns if an engine answers; else skips the test, or fails it if there must be one.</summary>
    public static async Task RequireAsync(
        IDockerClient client,
        Uri address,
        bool mustBeThere,
        CancellationToken cancellationToken
    )
    {
        var noSocket = address.Scheme == "unix" && !File.Exists(address.LocalPath);
        var obstacle = noSocket ? "there is no such socket" : await ObstacleAsync(client, cancellationToken);
        if (obstacle is null)
        {
            return;
        }

        var reason = $"No Docker Engine answers at {address} ({obstacle}). Start one, or point DOCKER_HOST to one.";
        if (mustBeThere)
        {
            Assert.Fail($"{reason} {RequireVariable}=1 says that there must be one.");
        }

        Assert.Skip(reason);
    }

    private static async Task<string?> ObstacleAsync(IDockerClient client, CancellationToken cancellationToken)
    {
        try
        {
            await client.System.PingAsync(cancellationToken).WaitAsync(AnswerLimit, cancellationToken);
            return null;
        }
        catch (Exception exception)
            when (exception
                    is SocketException
                        or HttpRequestException
                        or IOException
                        or TimeoutException
                        or DockerApiException
            )
        {
            return exception.GetBaseException().Message;
        }
    }
}
