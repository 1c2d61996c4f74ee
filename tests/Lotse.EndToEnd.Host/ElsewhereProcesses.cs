using Lotse.Execution.Ports;
using Lotse.Hosts.Local;

namespace Lotse.EndToEnd.Host;

/// <summary>The processes of another machine: whether this one lives cannot be seen from anywhere else.</summary>
internal sealed class ElsewhereProcesses : IProcessProbe
{
    public ProcessIdentity Self { get; } = new LocalProcesses().Self with { Machine = "elsewhere" };

    public bool? IsAlive(ProcessIdentity process) => process.Machine == Self.Machine ? process == Self : null;
}
