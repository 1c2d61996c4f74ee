using Lotse.Nuke;
using Nuke.Common;
using Serilog;

sealed partial class Build
{
    /// <summary>The sample application's files, as its Dockerfile wants them. A step of this project's own, plugged in before the image is built.</summary>
    Target PublishApplication =>
        _ =>
            _.Description("Publish the sample application for its image")
                .DependentFor<IDeploy>(d => d.BuildImage)
                .After<IDeploy>(d => d.PreBuildHook)
                .OnlyWhenDynamic(
                    () => ((IHazDeployConfig)this).Session.NeedsImage,
                    "no image is needed: the hosts have it, or nothing changed"
                )
                .Executes(async () =>
                {
                    await PublishGocatest();
                    Log.Information("Published src/Gocatest to artifacts/gocatest");
                });

    static Task PublishGocatest() =>
        Dotnet("publish", "src/Gocatest", "-c", "Release", "-o", "artifacts/gocatest", "-v", "quiet", "--nologo");
}
