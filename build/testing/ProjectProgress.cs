namespace Lotse.TestRuns;

/// <summary>How far a test program has come, read from its messages. Safe for use by several threads.</summary>
internal sealed class ProjectProgress(string project, TimeProvider time, Action<TestResult> onResult)
{
    private readonly Lock turn = new();
    private readonly Dictionary<string, RunningTest> running = [];
    private readonly Dictionary<string, ClassTimes> classes = [];
    private readonly Dictionary<string, string> names = [];
    private readonly List<TestResult> results = [];
    private readonly List<TimedPart> parts = [];
    private readonly Dictionary<string, TimeSpan> fixtureWaits = [];
    private readonly Queue<string> lastLines = new();
    private const int LinesOfBlame = 300;

    /// <summary>When something was heard of it last.</summary>
    public DateTimeOffset LastHeard { get; private set; } = time.GetUtcNow();

    /// <summary>Whether it said that it is done.</summary>
    public bool IsFinished { get; private set; }

    /// <summary>Tests that are over, and failures outside of tests.</summary>
    public IReadOnlyList<TestResult> Results => Read(() => results.ToList());

    /// <summary>What took time.</summary>
    public IReadOnlyList<TimedPart> Parts => Read(() => parts.ToList());

    /// <summary>What its fixtures waited for: no class is known of such a wait.</summary>
    public IReadOnlyDictionary<string, TimeSpan> FixtureWaits =>
        Read(() => new Dictionary<string, TimeSpan>(fixtureWaits));

    /// <summary>Tests that have begun and are not over, with the time since.</summary>
    public IReadOnlyList<(string Name, TimeSpan Time)> Running =>
        Read(() =>
            running
                .Values.Where(r => r.Begun is not null)
                .Select(r => (r.Name, time.GetUtcNow() - r.Begun!.Value))
                .ToList()
        );

    /// <summary>What it wrote last that is no message.</summary>
    public string LastLines => Read(() => string.Join('\n', lastLines));

    /// <summary>Takes a line of its output.</summary>
    public void Take(string line)
    {
        TestResult? told;
        lock (turn)
        {
            LastHeard = time.GetUtcNow();
            told = XunitMessage.Parse(line) is { } message ? Take(message) : TakeText(line);
        }

        if (told is not null)
        {
            onResult(told);
        }
    }

    /// <summary>Counts what still runs as failed: the program is gone.</summary>
    /// <param name="why">What happened to it.</param>
    /// <param name="evidence">What is known of it.</param>
    public void FailRunning(string why, string evidence)
    {
        List<TestResult> failed;
        lock (turn)
        {
            // One whose turn came just before the end may be known by its announcement alone: messages come a moment late.
            var begun = running.Values.Any(r => r.Begun is not null);
            failed =
            [
                .. running
                    .Values.Where(r => r.Begun is not null || !begun)
                    .Select(r => new TestResult(
                        project,
                        r.Name,
                        TestOutcome.Failed,
                        r.Begun is { } start ? time.GetUtcNow() - start : TimeSpan.Zero,
                        why,
                        $"{r.Output}{evidence}"
                    )),
            ];
            if (failed.Count == 0)
            {
                failed.Add(new TestResult(project, project, TestOutcome.Failed, TimeSpan.Zero, why, evidence));
            }

            running.Clear();
            results.AddRange(failed);
        }

        failed.ForEach(onResult);
    }

    private TestResult? TakeText(string line)
    {
        if (line.Length > 0)
        {
            lastLines.Enqueue(line);
        }

        if (lastLines.Count > LinesOfBlame)
        {
            lastLines.Dequeue();
        }

        return null;
    }

    private TestResult? Take(XunitMessage message)
    {
        switch (message.Type)
        {
            case "test-class-starting":
                names[message.Class!] = message.TestClassName ?? "";
                classes[message.Class!] = new ClassTimes { Begun = Or(message.StartTime) };
                break;
            case "test-starting":
                Announce(message);
                break;
            case "test-class-construction-starting" when running.TryGetValue(message.Test!, out var announced):
                // Where all tests run in parallel, one is announced long before its turn comes.
                announced.Begun = Or(message.StartTime);
                break;
            case "test-output" when running.TryGetValue(message.Test!, out var test):
                test.Output += message.Output;
                break;
            case "test-passed":
            case "test-failed":
            case "test-skipped":
                return End(message);
            case "test-finished":
                running.Remove(message.Test!);
                break;
            case "test-class-finished":
                EndClass(message);
                break;
            case "test-assembly-finished":
                IsFinished = true;
                break;
            case "diagnostic":
                foreach (var (what, waited) in Waits.Read(message.Message ?? ""))
                {
                    fixtureWaits[what] = fixtureWaits.GetValueOrDefault(what) + waited;
                }

                break;
        }

        return message.IsFailureOutsideTests ? FailOutside(message) : null;
    }

    private void Announce(XunitMessage message)
    {
        running[message.Test!] = new RunningTest(message.TestDisplayName ?? message.Test!);
        if (message.Class is { } id && classes.TryGetValue(id, out var times))
        {
            times.FirstTest ??= Or(message.StartTime);
        }
    }

    private TestResult? End(XunitMessage message)
    {
        if (!running.TryGetValue(message.Test!, out var test))
        {
            return null;
        }

        var ended = Or(message.FinishTime);
        if (message.Class is { } id && classes.TryGetValue(id, out var times))
        {
            times.LastTest = ended;
        }

        var output = message.Output ?? test.Output;
        var result = new TestResult(
            project,
            test.Name,
            message.Type switch
            {
                "test-passed" => TestOutcome.Passed,
                "test-skipped" => TestOutcome.Skipped,
                _ => TestOutcome.Failed,
            },
            TimeSpan.FromSeconds(message.ExecutionTime ?? 0),
            message.Reason ?? message.Failure,
            output
        );
        running.Remove(message.Test!);
        results.Add(result);
        parts.Add(new TimedPart(test.Name, result.Time, Waits.Read(output)));
        return result;
    }

    private void EndClass(XunitMessage message)
    {
        if (!classes.Remove(message.Class!, out var times) || times.FirstTest is null)
        {
            return;
        }

        var fixtures = times.FirstTest.Value - times.Begun + (Or(message.FinishTime) - (times.LastTest ?? times.Begun));
        parts.Add(new TimedPart($"{names[message.Class!]} (fixtures)", fixtures, new Dictionary<string, TimeSpan>()));
    }

    private TestResult FailOutside(XunitMessage message)
    {
        var where = message.Class is { } id && names.TryGetValue(id, out var name) ? name : project;
        var result = new TestResult(project, where, TestOutcome.Failed, TimeSpan.Zero, message.Failure);
        results.Add(result);
        return result;
    }

    private DateTimeOffset Or(DateTimeOffset? told) => told ?? time.GetUtcNow();

    private T Read<T>(Func<T> read)
    {
        lock (turn)
        {
            return read();
        }
    }

    private sealed class RunningTest(string name)
    {
        public string Name => name;

        /// <summary>When its object was made; null while it waits for its turn. A static method has none: what hangs in one is only seen by the program's silence.</summary>
        public DateTimeOffset? Begun { get; set; }

        public string Output { get; set; } = "";
    }

    private sealed class ClassTimes
    {
        public required DateTimeOffset Begun { get; init; }

        public DateTimeOffset? FirstTest { get; set; }

        public DateTimeOffset? LastTest { get; set; }
    }
}
