using System.Collections.Concurrent;
using Lotse.Execution.Ports;

namespace Lotse.Execution.Tests;

/// <summary>A host's files in memory.</summary>
internal sealed class MemoryStore : IHostStore
{
    private readonly Lock turn = new();

    public ConcurrentDictionary<string, string> Files { get; } = new();

    public string Location => "memory";

    public Task<string?> ReadAsync(string name, CancellationToken cancellation) =>
        Task.FromResult(Files.GetValueOrDefault(name));

    public Task<IReadOnlyList<string?>> ReadAsync(IReadOnlyList<string> names, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<string?>>([.. names.Select(name => Files.GetValueOrDefault(name))]);

    public Task<bool> CompareAndSwapAsync(
        string name,
        string? expected,
        string? replacement,
        CancellationToken cancellation
    )
    {
        lock (turn)
        {
            if (Files.GetValueOrDefault(name) != expected)
            {
                return Task.FromResult(false);
            }

            if (replacement is null)
            {
                Files.TryRemove(name, out _);
            }
            else
            {
                Files[name] = replacement;
            }

            return Task.FromResult(true);
        }
    }

    public Task ReplaceAsync(string name, string text, CancellationToken cancellation)
    {
        Files[name] = text;
        return Task.CompletedTask;
    }

    public Task AppendAsync(string name, IReadOnlyCollection<string> lines, CancellationToken cancellation)
    {
        lock (turn)
        {
            Files[name] = Files.GetValueOrDefault(name) + string.Concat(lines.Select(l => l + "\n"));
            return Task.CompletedTask;
        }
    }

    public Task ClearAsync(CancellationToken cancellation)
    {
        Files.Clear();
        return Task.CompletedTask;
    }
}
