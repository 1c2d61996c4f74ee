using Lotse.Nuke.Deployments;
using Nuke.Common;

sealed partial class Build
{
    Target Benchmark =>
        _ =>
            _.Description("Measure a deploy against its floor, and the edge proxy beside nginx and HAProxy")
                .Executes(async () =>
                {
                    await PublishGocatest();
                    // Interrupted, it takes away what it started.
                    using var interruption = new Interruption();
                    await new DeployBenchmark(RootDirectory, TemporaryDirectory).RunAsync(interruption.Token);
                    await new ProxyBenchmark(RootDirectory).RunAsync(interruption.Token);
                });
}
