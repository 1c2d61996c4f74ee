namespace Lotse.TestRuns.Faults;

/// <summary>Tries faults out, one at a time: puts each into the product, runs the tests that are to find it, and takes it out again.</summary>
/// <param name="tree">Where.</param>
/// <param name="say">Takes a line on what is done.</param>
/// <param name="time">The clock.</param>
public sealed class FaultRun(FaultTree tree, Action<string> say, TimeProvider time)
{
    private readonly TestProgram program = new(tree.Folder);

    /// <summary>The faults of these names, or all; those of one file after another, so that little is compiled for each.</summary>
    /// <param name="root">The repository's folder.</param>
    /// <param name="names">The names; empty for all.</param>
    /// <exception cref="FaultFileException">A file cannot be used.</exception>
    /// <exception cref="ArgumentException">There is no fault of a name; the message lists those there are.</exception>
    public static IReadOnlyList<Fault> Choose(string root, IReadOnlyCollection<string> names)
    {
        var all = FaultFile.ReadAll(root);
        FaultPatch.Check(all, root);
        var unknown = names.Except(all.Select(f => f.Name)).ToList();
        return unknown.Count == 0
            ?
            [
                .. all.Where(f => names.Count == 0 || names.Contains(f.Name))
                    .OrderBy(f => f.File, StringComparer.Ordinal),
            ]
            : throw new ArgumentException(
                $"There is no fault '{string.Join("', '", unknown)}'. These there are: {string.Join(", ", all.Select(f => f.Name))}."
            );
    }

    /// <summary>Tries them out.</summary>
    /// <param name="faults">The faults.</param>
    /// <param name="cancellation">Ends it; the fault that is being tried is taken out.</param>
    /// <exception cref="InvalidOperationException">The tests fail without any fault.</exception>
    public async Task<IReadOnlyList<FaultResult>> RunAsync(IReadOnlyList<Fault> faults, CancellationToken cancellation)
    {
        await tree.UpdateAsync(cancellation);
        await ProveAsync(faults, cancellation);
        var results = new List<FaultResult>();
        foreach (var fault in faults)
        {
            say($"Fault {results.Count + 1} of {faults.Count}, {fault.Name}: {fault.Wrong}");
            var start = time.GetTimestamp();
            var result = await TryAsync(fault, cancellation);
            results.Add(result with { Took = time.GetElapsedTime(start) });
            say($"  {results[^1].Found}");
        }

        return results;
    }

    /// <summary>A test that fails anyway would be taken for one that finds faults.</summary>
    private async Task ProveAsync(IReadOnlyList<Fault> faults, CancellationToken cancellation)
    {
        foreach (var project in faults.SelectMany(f => f.CaughtBy).Select(t => t.Project).Distinct())
        {
            say($"Compiling {project}");
            if (await program.CompileAsync(project, restores: true, cancellation) is { } error)
            {
                throw new InvalidOperationException($"{project} does not compile without any fault: {error}");
            }
        }

        var selections = faults.SelectMany(f => f.CaughtBy.Select(tests => (tests, IsLarge: IsLarge(f))));
        foreach (var (tests, isLarge) in selections.Distinct())
        {
            var outcome = await program.RunAsync(tests, isLarge, cancellation);
            if (outcome is { Failed: not null } or { Passed: 0 })
            {
                throw new InvalidOperationException(
                    $"Without any fault, {tests} {(outcome.Failed is null ? "has no test that passes" : $"fails: {outcome.Failed.Name}")}."
                );
            }

            say($"Without any fault, {tests} passes: {outcome.Passed} tests");
        }
    }

    private async Task<FaultResult> TryAsync(Fault fault, CancellationToken cancellation)
    {
        using var patch = FaultPatch.Apply(fault, tree.Folder);
        var result = new FaultResult(fault, null, TimeSpan.Zero);
        foreach (var tests in fault.CaughtBy)
        {
            if (await program.CompileAsync(tests.Project, restores: false, cancellation) is { } error)
            {
                return result with { Unusable = $"it does not compile: {error}" };
            }

            if (await FindAsync(tests, IsLarge(fault), cancellation) is { } test)
            {
                return result with { CaughtBy = $"{tests.Project}: {test.Name}" };
            }

            say($"  not caught by {tests}");
        }

        return result;
    }

    /// <summary>
    /// The test that fails because of the fault, which is one that fails again when it is run alone: one that fails now and then has found nothing, and is left
    /// out of the search.
    /// </summary>
    private async Task<FailedTest?> FindAsync(TestSelection tests, bool isLarge, CancellationToken cancellation)
    {
        while ((await program.RunAsync(tests, isLarge, cancellation)).Failed is { } failed)
        {
            if (failed.Method is null)
            {
                return failed;
            }

            var alone = new TestSelection(tests.Project, $"-method {failed.Method}");
            if ((await program.RunAsync(alone, isLarge, cancellation)).Failed is not null)
            {
                return failed;
            }

            say($"  {failed.Name} failed and passed when run again: it fails now and then, whatever the fault");
            tests = tests with { Filter = $"{tests.Filter} -method- {failed.Method}".TrimStart() };
        }

        return null;
    }

    private static bool IsLarge(Fault fault) => fault.OnlyInAll is not null;
}
