namespace Lotse.Hosts.Docker;

/// <summary>How long an engine may take, by what it is asked. All are far above what a loaded server needs: who hits one waits for an engine that hangs.</summary>
internal static class EngineLimits
{
    /// <summary>What it only has to look up.</summary>
    public static readonly TimeSpan Answer = TimeSpan.FromSeconds(30);

    /// <summary>What changes little: a container made, started, renamed; a network.</summary>
    public static readonly TimeSpan Change = TimeSpan.FromSeconds(60);

    /// <summary>What takes as long as its disk: files of containers and images removed, and questions about many images.</summary>
    public static readonly TimeSpan DiskWork = TimeSpan.FromMinutes(3);

    /// <summary>How long a pull, push or load may go on without a word and without a byte: unpacking a big layer says nothing.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromMinutes(10);
}
