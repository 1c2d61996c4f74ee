using System.Collections.Concurrent;
using Lotse.Execution.Ports;

namespace Lotse.Execution.Tests;

/// <summary>A host's files in memory.</summary>
internal sealed class MemoryStore : IHostStore
{
    private readonly Lock turn = new();

    public ConcurrentDictionary<string, string> Files { get; } = new();

    /// <summary>Is called when something is written; what it throws is all that the writer hears.</summary>
    public Action<string> OnWritten { get; set; } = _ => { };

    /// <summary>Is called before something is swapped: the moment at which another writer comes first.</summary>
    public Action OnSwapping { get; set; } = () => { };

    public string Location => "memory";

    public Task<string?> ReadAsync(string name, CancellationToken cancellation) =>
        Task.FromResult(Files.GetValueOrDefault(name));

    public Task<IReadOnlyList<string?>> ReadAsync(IReadOnlyList<string> names, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<string?>>([.. names.Select(name => Files.GetValueOrDefault(name))]);

    public async Task<bool> CompareAndSwapAsync(
        string name,
        string? expected,
        string? replacement,
        CancellationToken cancellation
    )
    {
        await Task.CompletedTask;
        OnSwapping();
        lock (turn)
        {
            if (Files.GetValueOrDefault(name) != expected)
            {
                return false;
            }

            if (replacement is null)
            {
                Files.TryRemove(name, out _);
            }
            else
            {
                Files[name] = replacement;
            }
        }

        OnWritten(name);
        return true;
    }

    public async Task ReplaceAsync(string name, string text, CancellationToken cancellation)
    {
        await Task.CompletedTask;
        lock (turn)
        {
            Files[name] = text;
        }

        OnWritten(name);
    }

    public async Task AppendAsync(string name, IReadOnlyCollection<string> lines, CancellationToken cancellation)
    {
        await Task.CompletedTask;
        lock (turn)
        {
            Files[name] = Files.GetValueOrDefault(name) + string.Concat(lines.Select(l => l + "\n"));
        }

        OnWritten(name);
    }

    public Task ClearAsync(CancellationToken cancellation)
    {
        Files.Clear();
        return Task.CompletedTask;
    }
}
