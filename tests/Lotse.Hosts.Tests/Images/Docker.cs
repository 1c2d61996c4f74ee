using Lotse.Hosts.Local;

namespace Lotse.Hosts.Tests.Images;

/// <summary>The docker command, as the other side of what is tested.</summary>
internal static class Docker
{
    /// <summary>Runs it and returns its lines; the test fails when it does.</summary>
    public static async Task<IReadOnlyList<string>> RunAsync(Uri engine, params string[] arguments)
    {
        var (code, lines) = await TryAsync(engine, arguments);
        Assert.True(code == 0, $"docker {string.Join(' ', arguments)}: {string.Join('\n', lines)}");
        return lines;
    }

    public static async Task<(int ExitCode, IReadOnlyList<string> Lines)> TryAsync(
        Uri engine,
        params string[] arguments
    )
    {
        var docker = LocalProcess.Find("docker", Environment.GetEnvironmentVariable("PATH"));
        Assert.SkipWhen(docker is null, "there is no docker command");
        var lines = new List<string>();
        var result = await LocalProcess.RunAsync(
            new()
            {
                Program = docker!,
                Arguments = [.. arguments],
                Environment = new Dictionary<string, string> { ["DOCKER_HOST"] = engine.OriginalString },
                OnLine = lines.Add,
            },
            TestContext.Current.CancellationToken
        );
        return (result.ExitCode, lines);
    }
}
