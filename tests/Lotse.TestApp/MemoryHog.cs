using System.Runtime.InteropServices;

namespace Lotse.TestApp;

internal static class MemoryHog
{
    private const int Chunk = 4 << 20;

    // Above this the container has no memory limit of its own, and growing would take the whole machine down.
    private const long MostThatALimitedContainerHas = 1L << 30;

    /// <summary>Takes and touches unmanaged memory (the collector would stop at its own limit) until the kernel kills it.</summary>
    public static unsafe int GrowUntilKilled()
    {
        if (GC.GetGCMemoryInfo().TotalAvailableMemoryBytes > MostThatALimitedContainerHas)
        {
            Console.Error.WriteLine("out-of-memory is refused: give this container a memory limit of at most 1 GiB");
            return ExitCodes.MemoryUnlimited;
        }

        Console.WriteLine("taking memory until killed");
        while (true)
        {
            NativeMemory.Fill(NativeMemory.Alloc(Chunk), Chunk, 1);
        }
    }
}
