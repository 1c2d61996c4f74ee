using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Lotse.Execution.Ports;
using Lotse.Planning.Observed;

namespace Lotse.Execution.Journals;

/// <summary>What a host keeps of rollouts that were: the journal of the last one, and the audit log of all.</summary>
public static class Records
{
    private const string AuditFile = "audit.jsonl";

    /// <summary>The first line and the last line of a rollout that was begun and has no end; null when the last one ended.</summary>
    public static async Task<InterruptedRollout?> ReadInterruptedAsync(IHostStore store, CancellationToken cancellation)
    {
        var file = JournalWriter.FileName;
        var lines = await ReadLinesAsync(store, file, StoreJson.Default.JournalEntry, cancellation);
        return lines.Count == 0 || lines[^1].Event == JournalEvent.End
            ? null
            : new InterruptedRollout(lines[0], lines[^1]);
    }

    /// <summary>The audit log, oldest first.</summary>
    public static Task<List<AuditEntry>> ReadAuditAsync(IHostStore store, CancellationToken cancellation) =>
        ReadLinesAsync(store, AuditFile, StoreJson.Default.AuditEntry, cancellation);

    /// <summary>The releases that got the traffic, oldest first.</summary>
    public static IEnumerable<PastRelease> HistoryOf(IEnumerable<AuditEntry> audit) =>
        audit
            .Where(entry => entry is { Served: not null, Version: not null })
            .Select(entry => new PastRelease(entry.Version!, entry.Served!.Value, entry.At, entry.Rollout));

    /// <summary>Adds a line to the audit log.</summary>
    public static Task AuditAsync(IHostStore store, AuditEntry entry, CancellationToken cancellation) =>
        store.AppendAsync(AuditFile, [JsonSerializer.Serialize(entry, StoreJson.Default.AuditEntry)], cancellation);

    private static async Task<List<T>> ReadLinesAsync<T>(
        IHostStore store,
        string file,
        JsonTypeInfo<T> type,
        CancellationToken cancellation
    )
    {
        var text = await store.ReadAsync(file, cancellation) ?? "";
        var entries = new List<T>();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            // A deployer killed while it wrote leaves half a line, always the last of its time: what was whole counts.
            if (TryParse(line, type) is { } entry)
            {
                entries.Add(entry);
            }
        }

        return entries;
    }

    private static T? TryParse<T>(string line, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(line, type);
        }
        catch (JsonException)
        {
            return default;
        }
    }
}

/// <summary>A rollout whose deployer died.</summary>
/// <param name="Begin">Its first line.</param>
/// <param name="Last">The last line it wrote.</param>
public sealed record InterruptedRollout(JournalEntry Begin, JournalEntry Last);
