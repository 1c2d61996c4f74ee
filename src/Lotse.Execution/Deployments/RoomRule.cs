using System.Collections.Immutable;
using System.Globalization;
using Lotse.Execution.Ports;

namespace Lotse.Execution.Deployments;

/// <summary>Judges whether an image has room on a host's disk. Pure.</summary>
internal static class RoomRule
{
    private const long MiB = 1 << 20;

    /// <summary>With less than this no image is built: the smallest runtime, packed and unpacked, takes about as much.</summary>
    private const long Least = 512 * MiB;

    /// <summary>
    /// What a layer takes while it is brought, in packed sizes: itself, since engines keep it until it is unpacked, and what it is then. Programs and libraries
    /// grow to two to three times their packed size.
    /// </summary>
    private const int Growth = 4;

    /// <summary>What is wrong with a disk whatever the image is; null when nothing is.</summary>
    public static string? Judge(DiskSpace disk) =>
        disk.FreeBytes < Least
            ? $"{Text(disk)}; an image and its layers need {Size(Least)} of disk space at least. {Cure(disk)}"
            : null;

    /// <summary>The same for an image of which a host has the lowest layers.</summary>
    public static string? Judge(DiskSpace disk, ImmutableArray<PackedLayer> layers, int present)
    {
        var need = Need(layers, present);
        return disk.FreeBytes < need
            ? $"{Text(disk)}; the {layers.Length - present} layer(s) that it lacks take {Size(need / Growth)} packed and need {Size(need)} of disk space until they are unpacked. {Cure(disk)}"
            : null;
    }

    /// <summary>Bytes that the layers above the lowest ones need.</summary>
    public static long Need(ImmutableArray<PackedLayer> layers, int present) =>
        Growth * layers.Skip(present).Sum(l => l.Bytes);

    /// <summary>What is free where.</summary>
    public static string Text(DiskSpace disk) => $"only {Size(disk.FreeBytes)} are free on the disk at {disk.Mount}";

    /// <summary>A size for a person.</summary>
    public static string Size(long bytes) =>
        bytes < MiB
            ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024} KiB")
            : string.Create(CultureInfo.InvariantCulture, $"{bytes / MiB} MiB");

    /// <summary>What a person can do.</summary>
    public static string Cure(DiskSpace disk) =>
        $"Free some: `./build.sh Prune` removes old releases, `docker system df` shows what else the engine holds, `df -h {disk.Mount}` the disk.";
}
