namespace Lotse.Hosts.Images.Building;

/// <summary>
/// Remembers the least free space a disk had. Builders clean up before they report a failure, so that a look at the disk
/// afterwards would come too late.
/// </summary>
internal sealed class DiskWatch : IAsyncDisposable
{
    private const long Full = 16L << 20;

    /// <summary>
    /// errno ENOSPC as Go writes it, in whatever locale. The API has no code for it, and a layer that fills the disk within one
    /// interval is gone again before a sample sees it.
    /// </summary>
    private const string NoSpaceError = "no space left on device";

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly DriveInfo? _drive;
    private readonly ITimer? _timer;
    private long _least = long.MaxValue;

    /// <param name="folder">A folder on the disk; one that is not on this machine is not watched.</param>
    /// <param name="time">The clock of the samples.</param>
    public DiskWatch(string? folder, TimeProvider time)
    {
        if (folder is not null && Directory.Exists(folder))
        {
            _drive = new(folder);
            _timer = time.CreateTimer(_ => Sample(), null, TimeSpan.Zero, Interval);
        }
    }

    /// <summary>Which disk was full, when it was.</summary>
    /// <param name="message">The builder's own words.</param>
    public string? Describe(string message)
    {
        Sample();
        if (_drive is not null && _least < Full)
        {
            return FormattableString.Invariant(
                $"{_drive.Name} had {_least / 1e6:0.0} MB left of {_drive.TotalSize / 1e6:0} MB"
            );
        }

        return message.EndsWith(NoSpaceError, StringComparison.Ordinal) ? "the engine could not write a layer" : null;
    }

    public ValueTask DisposeAsync() => _timer?.DisposeAsync() ?? ValueTask.CompletedTask;

    private void Sample()
    {
        if (_drive is null)
        {
            return;
        }

        // The free space of the file system, not of this user: the engine may use what is reserved for root.
        var free = _drive.TotalFreeSpace;
        lock (_drive)
        {
            _least = Math.Min(_least, free);
        }
    }
}
