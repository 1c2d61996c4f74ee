namespace Lotse.Testing.Packages;

/// <summary>One at a time, over all test programs that run at once on this machine.</summary>
internal static class MachineLock
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>Waits for the turn; disposing what is returned ends it, and so does the end of this process.</summary>
    public static async Task<IDisposable> TakeAsync(string name, CancellationToken cancellationToken)
    {
        var path = Path.Combine(Path.GetTempPath(), $"lotse-testing-{name}.lock");
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                // Held by another test program; there is no event for its release.
                await Task.Delay(Pause, TimeProvider.System, cancellationToken);
            }
        }
    }
}
