using Lotse.Configuration;

namespace Lotse.Execution.Deployments;

/// <summary>Where an accessory keeps its data. Pure.</summary>
internal static class AccessoryData
{
    /// <summary>The volumes with a name.</summary>
    public static IEnumerable<string> VolumesOf(AccessoryConfig accessory) =>
        accessory.Volumes.Select(v => v.Split(':')[0]).Where(v => !v.Contains('/', StringComparison.Ordinal));

    /// <summary>Folders of the host, absolute.</summary>
    /// <param name="accessory">The accessory.</param>
    /// <param name="dataFolder">What relative ones lie under, with a folder of the accessory's own between.</param>
    public static IEnumerable<string> FoldersOf(AccessoryConfig accessory, string dataFolder) =>
        accessory
            .Directories.Select(d => d.Local.StartsWith('/') ? d.Local : $"{dataFolder}/{accessory.Service}/{d.Local}")
            .Concat(accessory.Volumes.Select(v => v.Split(':')[0]).Where(v => v.StartsWith('/')));
}
