using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Lotse.EndToEnd.Host;

/// <summary>
/// The moments of a deploy by their names, "StepDone SwitchTraffic #2": what happens, to what, and that it is the second time, which is to say on the second
/// host. Each is written to standard output as it passes; at one of them this process dies, or sleeps.
/// </summary>
public sealed class Moments : IDisposable
{
    /// <summary>Is written before each name.</summary>
    public const string Mark = "moment: ";

    private readonly Lock turn = new();
    private readonly Dictionary<string, int> counts = [];
    private readonly ConcurrentDictionary<(string Host, string Verb), TaskCompletionSource> written = new();
    private readonly ManualResetEventSlim awake = new();
    private readonly PosixSignalRegistration? waking;

    /// <summary>When this process dies as by <c>kill -9</c>; null: never.</summary>
    public string? Death { get; init; }

    /// <summary>When it waits until it is stopped and continued; null: never.</summary>
    public string? Sleep { get; init; }

    /// <summary>What a proxy refuses by an injected fault; null: nothing.</summary>
    public string? Fault { get; init; }

    /// <summary>Is called when it goes on after its sleep.</summary>
    public Action OnAwake { get; set; } = () => { };

    /// <summary>Prepares to be continued.</summary>
    public Moments() =>
        waking = OperatingSystem.IsWindows()
            ? null
            : PosixSignalRegistration.Create(PosixSignal.SIGCONT, _ => awake.Set());

    /// <summary>The names that a process wrote, in their order.</summary>
    public static IReadOnlyList<string> In(string output) =>
        [
            .. output
                .Split('\n')
                .Where(line => line.StartsWith(Mark, StringComparison.Ordinal))
                .Select(line => line[Mark.Length..]),
        ];

    /// <summary>One passes.</summary>
    /// <exception cref="InvalidOperationException">It is the fault's.</exception>
    public void Pass(string what)
    {
        var name = Count(what);
        if (name == Sleep)
        {
            awake.Wait();
            OnAwake();
        }

        if (name == Fault)
        {
            throw new InvalidOperationException($"A fault was injected at '{name}'.");
        }
    }

    /// <summary>A line of a host's journal is on its disk.</summary>
    public void Written(string host, string line)
    {
        if (line.Contains("\"event\":\"Step\"", StringComparison.Ordinal))
        {
            var text = line[(line.IndexOf("\"text\":\"", StringComparison.Ordinal) + 8)..];
            WritingOf(host, text[..text.IndexOf(' ')]).TrySetResult();
        }
    }

    /// <summary>Waits until the journal of a host tells that a step is about to be carried out.</summary>
    /// <param name="host">The host.</param>
    /// <param name="verb">The first word of the step.</param>
    public Task WhenWrittenAsync(string host, string verb) => WritingOf(host, verb).Task;

    /// <inheritdoc/>
    public void Dispose()
    {
        waking?.Dispose();
        awake.Dispose();
    }

    private string Count(string what)
    {
        lock (turn)
        {
            var count = counts[what] = counts.GetValueOrDefault(what) + 1;
            var name = $"{what} #{count}";
            Console.WriteLine(Mark + name);
            if (name == Death)
            {
                Process.GetCurrentProcess().Kill();
                // The signal takes an instant; no other moment passes until then.
                using var never = new ManualResetEventSlim();
                never.Wait();
            }

            return name;
        }
    }

    private TaskCompletionSource WritingOf(string host, string verb) =>
        written.GetOrAdd((host, verb), _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}
