namespace Lotse.Execution.Hooks;

/// <summary>The points at which hook scripts are called. All names but the last are Kamal's.</summary>
public static class HookNames
{
    /// <summary>Before the first host is connected to.</summary>
    public const string PreConnect = "pre-connect";

    /// <summary>Before the image is built.</summary>
    public const string PreBuild = "pre-build";

    /// <summary>Under the lease, before anything is changed on a host.</summary>
    public const string PreDeploy = "pre-deploy";

    /// <summary>When the new release serves, the old one is stopped, and the lease is given back.</summary>
    public const string PostDeploy = "post-deploy";

    /// <summary>Before a group of hosts starts its new containers.</summary>
    public const string PreAppBoot = "pre-app-boot";

    /// <summary>When all new containers of a group of hosts are healthy; traffic has not moved yet.</summary>
    public const string PostAppBoot = "post-app-boot";

    /// <summary>Before the edge proxy of a host is replaced.</summary>
    public const string PreProxyReboot = "pre-proxy-reboot";

    /// <summary>When the edge proxy of a host was replaced.</summary>
    public const string PostProxyReboot = "post-proxy-reboot";

    /// <summary>When an engine was installed on a host.</summary>
    public const string DockerSetup = "docker-setup";

    /// <summary>When a deploy failed, and what was begun is taken back.</summary>
    public const string DeployFailed = "deploy-failed";
}
