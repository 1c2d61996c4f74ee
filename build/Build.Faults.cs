using System;
using System.Linq;
using System.Threading.Tasks;
using Lotse.Nuke.Deployments;
using Lotse.TestRuns.Faults;
using Nuke.Common;
using Serilog;

sealed partial class Build
{
    [Parameter("TestFaults: only the faults of these names, as in tests/faults")]
    readonly string[] Fault = [];

    Target TestFaults =>
        _ =>
            _.Description("Put faults into a copy of the product, one at a time, and see that the tests find each")
                .Executes(async () =>
                {
                    var faults = FaultRun.Choose(RootDirectory, Fault);
                    CompilerServer.Share();
                    await EnsureEngine();
                    // Interrupted, it ends what it started.
                    using var interruption = new Interruption();
                    await TryFaults(faults, interruption);
                });

    static async Task TryFaults(IReadOnlyList<Fault> faults, Interruption interruption)
    {
        var tree = new FaultTree(RootDirectory, TemporaryDirectory / "faults" / "tree", TimeProvider.System);
        var run = new FaultRun(tree, line => Log.Information("{Line}", line), TimeProvider.System);
        var results = await run.RunAsync(faults, interruption.Token);
        foreach (var line in FaultResult.Table(results))
        {
            Log.Information("{Line}", line);
        }

        var missed = results.Where(r => r.CaughtBy is null).Select(r => r.Fault.Name).ToList();
        if (missed.Count > 0)
        {
            throw new InvalidOperationException(
                $"No test found {string.Join(", ", missed)}. Write the test that is missing, or fix the fault's file."
            );
        }
    }
}
