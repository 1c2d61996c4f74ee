using Lotse.Execution.Setup;
using Serilog;

namespace Lotse.Nuke.Console;

/// <summary>Tells a person what a set-up does: what is done as log lines, what is under way as the line of progress.</summary>
internal sealed class SetupConsole(ProgressLine progress) : IProgress<SetupEvent>
{
    public void Report(SetupEvent value)
    {
        if (value.IsDone)
        {
            progress.Clear();
            Log.Information("[{Host}] {Text}", value.Host, value.Text);
        }
        else
        {
            Log.Verbose("[{Host}] {Text} …", value.Host, value.Text);
            progress.Show($"[{value.Host}] {value.Text} …");
        }
    }
}
