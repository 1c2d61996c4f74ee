using Lotse.Configuration;
using Lotse.Execution.Ports;

namespace Lotse.Execution.Deployments;

/// <summary>Makes the builder's request from the configuration. Pure.</summary>
internal static class BuildRequests
{
    public static BuildRequest For(DeployConfig config, string projectFolder, string imageName)
    {
        var builder = config.Builder;
        return new BuildRequest
        {
            ContextDirectory = Path.GetFullPath(builder.Context ?? ".", projectFolder),
            DockerfilePath = Path.GetFullPath(builder.Dockerfile, projectFolder),
            Tags = [imageName],
            Args = builder.Args,
            Target = builder.Target,
            Secrets = [.. builder.Secrets.Select(s => new BuildSecret(s, () => config.SecretOf(s).Unwrap()))],
            // By this label Kamal and others see whose image it is.
            Labels = new Dictionary<string, string> { ["service"] = config.Service },
        };
    }
}
