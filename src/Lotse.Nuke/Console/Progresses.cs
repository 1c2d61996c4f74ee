using Lotse.Execution.Ports;
using Serilog;

namespace Lotse.Nuke.Console;

/// <summary>Shows a build: the steps as log lines at debug level, and the one under way on a terminal.</summary>
internal sealed class BuildConsole(ProgressLine line) : IProgress<BuildProgress>
{
    public void Report(BuildProgress value)
    {
        if (value.IsOutput || value.Step == 0)
        {
            Log.Verbose("    {Message}", value.Message);
            return;
        }

        line.Show($"step {value.Step}/{value.Steps} {value.Message}");
        Log.Verbose(
            "step {Step}/{Steps} {Message}{Cached}",
            value.Step,
            value.Steps,
            value.Message,
            value.Cached ? " (cached)" : ""
        );
    }

    public void Close() => line.Clear();
}

/// <summary>Shows a transfer of layers.</summary>
internal sealed class TransferConsole(ProgressLine line) : IProgress<LayerProgress>
{
    private readonly LayerBoard board = new();

    public string Summary => board.Summary();

    public void Report(LayerProgress value) => line.Show(board.Take(value));

    public void Close() => line.Clear();
}
