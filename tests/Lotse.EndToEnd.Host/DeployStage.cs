namespace Lotse.EndToEnd.Host;

/// <summary>What a deploy does between its first look and its rollout.</summary>
public enum DeployStage
{
    /// <summary>It builds the image; nothing is asked of the hosts meanwhile.</summary>
    Build,

    /// <summary>It pushes the image, and takes the leases.</summary>
    Push,
}
