namespace Lotse.Servers.Tests.Workflows;

/// <summary>The programs of a machine that deploys: all that this one has, but those that a deploy must not need.</summary>
internal static class DeployPrograms
{
    /// <summary>What a person may have and a deploy must not need.</summary>
    public static readonly string[] Forbidden = ["ssh", "docker", "kamal", "docker-buildx", "scp", "sftp"];

    /// <summary>Makes a folder that can be a whole PATH.</summary>
    public static void Link(string folder)
    {
        Directory.CreateDirectory(folder);
        var folders = Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator);
        foreach (var file in folders.Where(Directory.Exists).SelectMany(Directory.EnumerateFiles))
        {
            var link = Path.Combine(folder, Path.GetFileName(file));
            if (!Forbidden.Contains(Path.GetFileName(file)) && !File.Exists(link))
            {
                File.CreateSymbolicLink(link, file);
            }
        }
    }
}
