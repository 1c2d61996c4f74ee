using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Lotse.Registry.Tests.Support;

namespace Lotse.Registry.Tests;

/// <summary>BuildKit, driven by the docker client's buildx, pushes to the registry.</summary>
public sealed class BuildxTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Buildx_pushes_and_a_changed_file_sends_its_layer_alone()
    {
        await SkipWithoutBuildxAsync();
        await using var registry = await TestRegistry.StartAsync();
        using var context = new Scratch();
        var repository = $"lotse-test/buildx-{Environment.ProcessId}";
        var ballast = TestImage.Bytes(Environment.TickCount, 5_000_000);
        await File.WriteAllBytesAsync(Path.Combine(context.Path, "ballast"), ballast, Cancellation);
        await File.WriteAllTextAsync(
            Path.Combine(context.Path, "Dockerfile"),
            "FROM scratch\nCOPY ballast /ballast\nCOPY app /app\n",
            Cancellation
        );

        long received;
        try
        {
            await BuildAsync(registry, context, $"{repository}:v1", "one");
            var before = registry.Server.Totals;
            await BuildAsync(registry, context, $"{repository}:v2", "two");
            received = registry.Server.Totals.ReceivedBytes - before.ReceivedBytes;
        }
        finally
        {
            // The engine's own builder keeps what it pushes.
            var name = $"{registry.Server.Endpoint}/{repository}";
            await DockerAsync(["image", "rm", "--force", $"{name}:v1", $"{name}:v2"]);
        }

        var v1 = await registry.Store.ResolveAsync(repository, "v1", Cancellation);
        var v2 = await registry.Store.ResolveAsync(repository, "v2", Cancellation);
        Assert.Equal(v1!.Layers[0], v2!.Layers[0]);
        Assert.NotEqual(v1.Layers[1], v2.Layers[1]);
        Assert.NotNull(v2.ConfigDigest);
        Assert.InRange(received, 1, 20_000);
    }

    private static async Task BuildAsync(TestRegistry registry, Scratch context, string image, string app)
    {
        await File.WriteAllTextAsync(Path.Combine(context.Path, "app"), app, Cancellation);
        var (code, output) = await DockerAsync([
            "buildx",
            "build",
            "--push",
            "--tag",
            $"{registry.Server.Endpoint}/{image}",
            context.Path,
        ]);
        Assert.True(code == 0, output);
    }

    private static async Task SkipWithoutBuildxAsync()
    {
        try
        {
            var (code, output) = await DockerAsync(["buildx", "version"]);
            Assert.SkipUnless(code == 0, $"docker has no buildx plugin here: {output}");
        }
        catch (Win32Exception error)
        {
            Assert.Skip($"There is no docker client here: {error.Message}");
        }

        var (running, answer) = await DockerAsync(["version"]);
        Assert.SkipUnless(running == 0, $"No Docker Engine answers: {answer}");
    }

    private static async Task<(int Code, string Output)> DockerAsync(string[] arguments)
    {
        var start = new ProcessStartInfo("docker", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = new StringBuilder();
        await Task.WhenAll(
            ReadAsync(process.StandardOutput, output),
            ReadAsync(process.StandardError, output),
            process.WaitForExitAsync(Cancellation)
        );
        return (process.ExitCode, output.ToString());
    }

    private static async Task ReadAsync(StreamReader reader, StringBuilder output)
    {
        while (await reader.ReadLineAsync(Cancellation) is { } line)
        {
            lock (output)
            {
                output.AppendLine(line);
            }
        }
    }
}
