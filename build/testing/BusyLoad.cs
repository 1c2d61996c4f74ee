namespace Lotse.TestRuns;

/// <summary>Keeps all cores busy until it is disposed, so that tests show whether they need a quiet machine.</summary>
public sealed class BusyLoad : IDisposable
{
    private readonly List<Thread> threads = [];
    private volatile bool isOver;

    /// <summary>Begins.</summary>
    /// <param name="cores">How many threads compute.</param>
    public BusyLoad(int cores)
    {
        for (var i = 0; i < cores; i++)
        {
            var thread = new Thread(Compute) { IsBackground = true, Name = $"busy load {i}" };
            threads.Add(thread);
            thread.Start();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        isOver = true;
        threads.ForEach(t => t.Join());
    }

    private void Compute()
    {
        var number = 1.0;
        while (!isOver)
        {
            for (var i = 0; i < 100_000; i++)
            {
                number = Math.Sqrt(number + i);
            }
        }
    }
}
