namespace Gocatest.Backend;

/// <summary>Lets each client leave so many notes a minute: a bucket that fills evenly and loses one for each.</summary>
/// <param name="perMinute">The bucket's size and what flows in within a minute; 0 lifts the limit.</param>
/// <param name="time">The clock.</param>
internal sealed class PostLimit(int perMinute, TimeProvider time)
{
    /// <summary>Clients remembered before those that have a full bucket again are forgotten.</summary>
    public const int MostClients = 10_000;

    private readonly Lock gate = new();
    private readonly Dictionary<string, Bucket> buckets = new(StringComparer.Ordinal);

    /// <summary>Null when the client may post now; otherwise how long it should wait.</summary>
    public TimeSpan? Take(string client)
    {
        if (perMinute == 0)
        {
            return null;
        }

        lock (gate)
        {
            var level = Level(client);
            if (level < 1)
            {
                return TimeSpan.FromMinutes((1 - level) / perMinute);
            }

            Forget();
            buckets[client] = new Bucket(level - 1, time.GetTimestamp());
            return null;
        }
    }

    private double Level(string client)
    {
        if (!buckets.TryGetValue(client, out var bucket))
        {
            return perMinute;
        }

        var inflow = time.GetElapsedTime(bucket.Filled).TotalMinutes * perMinute;
        return Math.Min(perMinute, bucket.Level + inflow);
    }

    private void Forget()
    {
        if (buckets.Count < MostClients)
        {
            return;
        }

        foreach (var client in buckets.Keys.Where(c => Level(c) >= perMinute).ToList())
        {
            buckets.Remove(client);
        }

        // Only a flood from that many addresses within a minute gets here; memory matters more than its limits.
        if (buckets.Count >= MostClients)
        {
            buckets.Clear();
        }
    }

    private readonly record struct Bucket(double Level, long Filled);
}
