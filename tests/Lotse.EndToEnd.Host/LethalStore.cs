using System.Diagnostics;
using Lotse.Execution.Ports;

namespace Lotse.EndToEnd.Host;

/// <summary>
/// Kills this process, as <c>kill -9</c> does, in place of the n-th note of what was done. So what the step before it
/// did is there, and no file tells
/// of it: the worst moment of each step.
/// </summary>
internal sealed class LethalStore(IHostStore inner, int writesBeforeDeath) : IHostStore
{
    private int left = writesBeforeDeath;

    public string Location => inner.Location;

    public Task<string?> ReadAsync(string name, CancellationToken cancellation) => inner.ReadAsync(name, cancellation);

    public async Task<bool> CompareAndSwapAsync(
        string name,
        string? expected,
        string? replacement,
        CancellationToken cancellation
    ) => await inner.CompareAndSwapAsync(name, expected, replacement, cancellation);

    public async Task AppendAsync(string name, IReadOnlyCollection<string> lines, CancellationToken cancellation)
    {
        if (Interlocked.Decrement(ref left) < 0)
        {
            Process.GetCurrentProcess().Kill();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, CancellationToken.None);
        }

        await inner.AppendAsync(name, lines, cancellation);
    }

    public Task ClearAsync(CancellationToken cancellation) => inner.ClearAsync(cancellation);
}
