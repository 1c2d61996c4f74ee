using System.Collections.Concurrent;
using Lotse.Execution.Reporting;

namespace Lotse.EndToEnd.Host;

/// <summary>Keeps what happened.</summary>
public sealed class RecordingObserver : IRolloutObserver
{
    private readonly ConcurrentQueue<RolloutEvent> events = new();

    /// <summary>All events so far, in the order of their arrival.</summary>
    public IReadOnlyList<RolloutEvent> Events => [.. events];

    /// <summary>Hears of each as it happens.</summary>
    public Action<RolloutEvent> OnReport { get; set; } = _ => { };

    /// <inheritdoc/>
    public void Report(RolloutEvent happened)
    {
        events.Enqueue(happened);
        OnReport(happened);
    }
}
