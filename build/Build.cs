using Lotse.Nuke;
using Nuke.Common;

/// <summary>
/// The build of this project and the deploys of its sample application. What a deploy is stands in the components; this file only composes them.
/// </summary>
sealed partial class Build : NukeBuild, IDeployToStages, IRollback, IOperate, IServerSetup, IPinHostKeys
{
    public static int Main() => Execute<Build>();

    protected override void OnBuildFinished() => CompilerServer.End();
}
