using Lotse.Execution.Ports;

namespace Lotse.Execution.Deployments;

/// <summary>Says which disk was full. An engine says only that there is no space left.</summary>
internal static class FullDisk
{
    /// <summary>Brings something to a host; a failure for want of space tells where and how much there is now.</summary>
    public static async Task ExplainAsync(IHost host, Func<Task> bring, CancellationToken cancellation)
    {
        try
        {
            await bring();
        }
        catch (HostException full) when (full.Failure == HostFailure.NoSpace)
        {
            if (await AskAsync(host, cancellation) is not { } disk)
            {
                throw;
            }

            var fact =
                $"{full.Evidence.TrimEnd()}; {RoomRule.Size(disk.FreeBytes)} are free on the disk at {disk.Mount} now";
            var cure = $"{RoomRule.Cure(disk)} Then deploy again.";
            throw new HostException(full.Failure, full.Host, full.Action, fact, cure, full);
        }
    }

    /// <summary>The disk of the host's engine; null when the host does not tell.</summary>
    private static async Task<DiskSpace?> AskAsync(IHost host, CancellationToken cancellation)
    {
        try
        {
            var info = await host.Engine.GetInfoAsync(cancellation);
            return await host.GetDiskAsync(info.DataRoot, isAskedAnew: true, cancellation);
        }
        catch (HostException)
        {
            return null;
        }
    }
}
