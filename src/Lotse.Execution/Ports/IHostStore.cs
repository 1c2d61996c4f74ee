namespace Lotse.Execution.Ports;

/// <summary>Small text files of one service and destination on a host, readable by their owner only.</summary>
public interface IHostStore
{
    /// <summary>Where they are, for messages.</summary>
    string Location { get; }

    /// <summary>A file's text; null when there is none.</summary>
    Task<string?> ReadAsync(string name, CancellationToken cancellation);

    /// <summary>The texts of several files, in the order of their names, for the price of one; null for one that there is not.</summary>
    Task<IReadOnlyList<string?>> ReadAsync(IReadOnlyList<string> names, CancellationToken cancellation);

    /// <summary>
    /// Replaces a file's text, atomically, only when it is still <paramref name="expected"/> (null: does not exist).
    /// False when it is not; nothing is changed then.
    /// </summary>
    Task<bool> CompareAndSwapAsync(string name, string? expected, string? replacement, CancellationToken cancellation);

    /// <summary>Replaces a file's text, atomically, whatever it was.</summary>
    Task ReplaceAsync(string name, string text, CancellationToken cancellation);

    /// <summary>Appends lines to a file, durably.</summary>
    Task AppendAsync(string name, IReadOnlyCollection<string> lines, CancellationToken cancellation);

    /// <summary>Removes everything of this service and destination.</summary>
    Task ClearAsync(CancellationToken cancellation);
}
