using System.Threading;
using Nuke.Common;

sealed partial class Build
{
    Target Benchmark =>
        _ =>
            _.Description("Measure a deploy against its floor, and the edge proxy beside nginx and HAProxy")
                .Executes(async () =>
                {
                    await Dotnet(
                        "publish",
                        "src/Gocatest",
                        "-c",
                        "Release",
                        "-o",
                        "artifacts/gocatest",
                        "-v",
                        "quiet",
                        "--nologo"
                    );
                    await new DeployBenchmark(RootDirectory, TemporaryDirectory).RunAsync(CancellationToken.None);
                    await new ProxyBenchmark(RootDirectory).RunAsync(CancellationToken.None);
                });
}
