using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Lotse.Execution.Leases;
using Lotse.Execution.Ports;
using Lotse.Planning.Observed;

namespace Lotse.Execution.Journals;

/// <summary>What a host keeps of rollouts that were: the journal of the last one, and the audit log of all.</summary>
public static class Records
{
    private const string AuditFile = "audit.jsonl";

    /// <summary>All that is kept of a service on a host, read at once.</summary>
    public static async Task<HostRecords> ReadAsync(IHostStore store, CancellationToken cancellation)
    {
        string[] files = [Lease.FileName, JournalWriter.FileName, AuditFile];
        var texts = await store.ReadAsync(files, cancellation);
        return new HostRecords(
            texts[0],
            InterruptedOf(Lines(texts[1], StoreJson.Default.JournalEntry)),
            Lines(texts[2], StoreJson.Default.AuditEntry)
        );
    }

    /// <summary>The first line and the last line of a rollout that was begun and has no end; null when the last one ended.</summary>
    public static async Task<InterruptedRollout?> ReadInterruptedAsync(IHostStore store, CancellationToken cancellation)
    {
        var text = await store.ReadAsync(JournalWriter.FileName, cancellation);
        return InterruptedOf(Lines(text, StoreJson.Default.JournalEntry));
    }

    /// <summary>The audit log, oldest first.</summary>
    public static async Task<List<AuditEntry>> ReadAuditAsync(IHostStore store, CancellationToken cancellation) =>
        Lines(await store.ReadAsync(AuditFile, cancellation), StoreJson.Default.AuditEntry);

    /// <summary>The releases that got the traffic, oldest first.</summary>
    public static IEnumerable<PastRelease> HistoryOf(IEnumerable<AuditEntry> audit) =>
        audit
            .Where(entry => entry is { Served: not null, Version: not null })
            .Select(entry => new PastRelease(entry.Version!, entry.Served!.Value, entry.At, entry.Rollout));

    /// <summary>Adds a line to the audit log; when the connection breaks meanwhile, once more, unless it is there.</summary>
    public static async Task AuditAsync(IHostStore store, AuditEntry entry, CancellationToken cancellation)
    {
        string[] line = [JsonSerializer.Serialize(entry, StoreJson.Default.AuditEntry)];
        try
        {
            await store.AppendAsync(AuditFile, line, cancellation);
        }
        catch (HostException broken)
            when (broken.Failure == HostFailure.Unreachable && !cancellation.IsCancellationRequested)
        {
            if (!(await ReadAuditAsync(store, cancellation)).Contains(entry))
            {
                await store.AppendAsync(AuditFile, line, cancellation);
            }
        }
    }

    private static InterruptedRollout? InterruptedOf(List<JournalEntry> all)
    {
        // A deployer that slept while another one took over may have added a line when it woke up.
        var lines = all.FindAll(line => line.Rollout == all[0].Rollout);
        return lines.Count == 0 || lines[^1].Event == JournalEvent.End
            ? null
            : new InterruptedRollout(lines[0], lines[^1]);
    }

    private static List<T> Lines<T>(string? text, JsonTypeInfo<T> type)
    {
        var entries = new List<T>();
        foreach (var line in (text ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries))
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

/// <summary>What a host keeps of a service.</summary>
/// <param name="Lease">The lease's text; null when there was never one.</param>
/// <param name="Interrupted">The rollout that has no end; null when the last one ended.</param>
/// <param name="Audit">The audit log, oldest first.</param>
public sealed record HostRecords(string? Lease, InterruptedRollout? Interrupted, IReadOnlyList<AuditEntry> Audit);

/// <summary>A rollout whose deployer died.</summary>
/// <param name="Begin">Its first line.</param>
/// <param name="Last">The last line it wrote.</param>
public sealed record InterruptedRollout(JournalEntry Begin, JournalEntry Last)
{
    /// <summary>Its id, and those of the rollouts before it that have no end either.</summary>
    public ImmutableArray<string> Rollouts => [Begin.Rollout, .. Begin.After ?? []];
}
