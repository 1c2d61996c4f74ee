using Lotse.Execution;
using Lotse.Execution.Deployments;
using Lotse.Execution.Health;
using Lotse.Execution.Hooks;
using Lotse.Execution.Leases;
using Lotse.Execution.Ports;
using Lotse.Execution.Rollouts;
using Lotse.Execution.Setup;
using Lotse.Hosts.Local;

namespace Lotse.Nuke.Deployments;

/// <summary>With which exit code the build ends for which failure. Pure.</summary>
internal static class ExitCodes
{
    /// <summary>
    /// A mistake of the user's has exit code 2, a host that is not as it must be 1, an interrupted run 130; a person's command has its own. Null for anything
    /// else: that is a fault of ours, and keeps its trace.
    /// </summary>
    public static int? Of(Exception failure) =>
        failure switch
        {
            OperationCanceledException or RolloutFailedException { InnerException: OperationCanceledException } =>
                InterruptedRun.ExitCode,
            ExecFailedException own => own.ExitCode,
            UserException { IsMisuse: true } => 2,
            UserException
            or EngineUnavailableException
            or LeaseHeldException
            or BaseImageException
            or RolloutFailedException
            or BuildFailedException
            or HostException
            or SetupFailedException
            or UnhealthyException
            or LeaseLostException
            or HookFailedException
            or HostKeysMissingException
            or SomeHostsFailedException => 1,
            _ => null,
        };
}
