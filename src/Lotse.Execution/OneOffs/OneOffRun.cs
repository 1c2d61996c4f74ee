using Lotse.Execution.Ports;
using Lotse.Planning.Containers;

namespace Lotse.Execution.OneOffs;

/// <summary>Runs a command in a container of its own, which goes afterwards, whatever happened.</summary>
internal static class OneOffRun
{
    /// <summary>Runs it to its end, passes on what it writes, and returns its exit code.</summary>
    public static async Task<int> RunAsync(
        IContainerEngine engine,
        ContainerSpec spec,
        Action<string> take,
        CancellationToken cancellation
    )
    {
        try
        {
            await engine.CreateAsync(spec, cancellation);
            await using var watch = await engine.WatchAsync(spec.Name, cancellation);
            await engine.StartAsync(spec.Name, cancellation);
            var query = new LogQuery { Follow = true };
            await foreach (var line in engine.ReadLogsAsync(spec.Name, query, cancellation))
            {
                take(line);
            }

            return (await watch.Exited.WaitAsync(cancellation)).ExitCode;
        }
        finally
        {
            await engine.RemoveAsync(spec.Name, CancellationToken.None);
        }
    }

    /// <summary>The same, joined to a terminal.</summary>
    public static async Task<int> RunInTerminalAsync(
        IContainerEngine engine,
        ContainerSpec spec,
        ITerminal terminal,
        CancellationToken cancellation
    )
    {
        using var session = terminal.Open();
        try
        {
            await engine.CreateAsync(spec, cancellation);
            return await engine.StartInTerminalAsync(spec.Name, session, cancellation);
        }
        finally
        {
            await engine.RemoveAsync(spec.Name, CancellationToken.None);
        }
    }
}
