using System.Text.Json;
using Lotse.Execution.Ports;

namespace Lotse.Execution.Leases;

/// <summary>
/// The right to change a service on a host: held by one deployer at a time, renewed by heartbeats, given back on disposal,
/// and ending by itself when its holder dies.
/// </summary>
public sealed class Lease : IAsyncDisposable
{
    private const string FileName = "lease.json";
    private readonly IHost host;
    private readonly TimeProvider time;
    private readonly SemaphoreSlim turn = new(1);
    private readonly CancellationTokenSource stop = new();
    private readonly CancellationTokenSource lost = new();
    private LeaseRecord record;
    private string text;
    private Task heartbeat = Task.CompletedTask;

    private Lease(IHost host, TimeProvider time, LeaseRecord record, string text, LeaseRecord? tookOver)
    {
        this.host = host;
        this.time = time;
        this.record = record;
        this.text = text;
        TookOver = tookOver;
    }

    /// <summary>The host it is held on.</summary>
    public string Host => host.Name;

    /// <summary>The fencing token.</summary>
    public long Fence => record.Fence;

    /// <summary>The lease of a dead holder that this one replaced; null when it was free.</summary>
    public LeaseRecord? TookOver { get; }

    /// <summary>Cancelled when a heartbeat finds that the lease is lost.</summary>
    public CancellationToken Lost => lost.Token;

    /// <summary>Reads the lease without taking it; null when nobody holds it now.</summary>
    public static async Task<LeaseRecord?> PeekAsync(
        IHost host,
        IProcessProbe processes,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        var current = Parse(await host.Store.ReadAsync(FileName, cancellation));
        var verdict = LeaseRules.Judge(current, time.GetUtcNow(), processes.IsAlive);
        return verdict == LeaseVerdict.Held ? current : null;
    }

    /// <summary>Takes the lease and begins its heartbeat.</summary>
    /// <exception cref="LeaseHeldException">Somebody holds it.</exception>
    public static async Task<Lease> AcquireAsync(
        IHost host,
        LeaseRequest request,
        IProcessProbe processes,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        while (true)
        {
            var text = await host.Store.ReadAsync(FileName, cancellation);
            var current = Parse(text);
            var now = time.GetUtcNow();
            var verdict = LeaseRules.Judge(current, now, processes.IsAlive);
            if (verdict == LeaseVerdict.Held)
            {
                throw new LeaseHeldException(host.Name, current!);
            }

            var mine = new LeaseRecord
            {
                Fence = (current?.Fence ?? 0) + 1,
                Rollout = request.Rollout,
                Owner = request.Owner,
                Purpose = request.Purpose,
                Process = processes.Self,
                AcquiredAt = now,
                ExpiresAt = now + LeaseRules.Lifetime,
            };
            var mineText = Format(mine);
            if (await host.Store.CompareAndSwapAsync(FileName, text, mineText, cancellation))
            {
                var lease = new Lease(host, time, mine, mineText, verdict == LeaseVerdict.Free ? null : current);
                lease.heartbeat = lease.BeatAsync();
                return lease;
            }
        }
    }

    /// <summary>Makes sure that the lease is still held, and renews it.</summary>
    /// <exception cref="LeaseLostException">It is not.</exception>
    public async Task RenewAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        if (!await ReplaceAsync(record with { ExpiresAt = now + LeaseRules.Lifetime }, cancellation))
        {
            var present = Parse(await host.Store.ReadAsync(FileName, cancellation));
            await lost.CancelAsync();
            throw new LeaseLostException(host.Name, present is null ? "it is gone." : $"{present.Owner} holds it now.");
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await heartbeat;
        try
        {
            if (!lost.IsCancellationRequested)
            {
                await ReplaceAsync(record with { Released = true }, CancellationToken.None);
            }
        }
        finally
        {
            stop.Dispose();
            lost.Dispose();
            turn.Dispose();
        }
    }

    private static LeaseRecord? Parse(string? text) =>
        text is null ? null : JsonSerializer.Deserialize(text, StoreJson.Default.LeaseRecord);

    private static string Format(LeaseRecord record) => JsonSerializer.Serialize(record, StoreJson.Default.LeaseRecord);

    private async Task<bool> ReplaceAsync(LeaseRecord next, CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            var nextText = Format(next);
            if (!await host.Store.CompareAndSwapAsync(FileName, text, nextText, cancellation))
            {
                return false;
            }

            (record, text) = (next, nextText);
            return true;
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task BeatAsync()
    {
        using var timer = new PeriodicTimer(LeaseRules.Heartbeat, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stop.Token))
            {
                await BeatOnceAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed: the lease is given back there.
        }
        catch (LeaseLostException)
        {
            // Whoever runs a rollout under this lease sees Lost.
        }
    }

    private async Task BeatOnceAsync()
    {
        try
        {
            await RenewAsync(stop.Token);
        }
        catch (HostException)
        {
            // The host is out of reach just now. The lease may still be ours: the next beat, or RenewAsync before the switch, finds out.
        }
    }
}

/// <summary>What a lease is wanted for.</summary>
/// <param name="Rollout">The rollout's id.</param>
/// <param name="Owner">Who asks: <c>user@machine</c>.</param>
/// <param name="Purpose">What for, in a few words.</param>
public sealed record LeaseRequest(string Rollout, string Owner, string Purpose);
