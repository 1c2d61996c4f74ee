using Lotse.Execution.Reporting;
using Lotse.Nuke.Console;
using Serilog;

namespace Lotse.Nuke.Deployments;

public sealed partial class DeploySession
{
    private readonly SecretMask mask = new() { Learned = HideOnGitHub };

    /// <summary>From now on nothing that is logged shows a secret that this run has learned.</summary>
    private void MaskLog() => Log.Logger = MaskedLog.Before(Log.Logger, mask);

    /// <summary>GitHub hides its own secrets only: what a command of a secrets file gives, or what was generated, it must be told.</summary>
    private static void HideOnGitHub(string line)
    {
        if (Environment.GetEnvironmentVariable("GITHUB_ACTIONS") == "true")
        {
            System.Console.Out.WriteLine($"::add-mask::{line.Replace("%", "%25", StringComparison.Ordinal)}");
        }
    }

    private Exception Masked(Exception failure)
    {
        var shown = mask.Apply(failure.Message);
        return mask.Apply(failure.ToString()) == failure.ToString() ? failure : new MaskedException(shown);
    }
}
