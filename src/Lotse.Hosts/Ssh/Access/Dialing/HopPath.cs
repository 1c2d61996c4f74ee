using System.Net;

namespace Lotse.Hosts.Ssh.Access.Dialing;

/// <summary>Where to connect to for a server, and what has to stay open meanwhile: a forwarding of the jump host, or a process.</summary>
internal abstract class HopPath : IAsyncDisposable
{
    /// <summary>The addresses, in the order in which they are tried.</summary>
    public abstract IReadOnlyList<IPEndPoint> EndPoints { get; }

    /// <summary>What lies between, in words; empty for a direct connection.</summary>
    public abstract string Via { get; }

    /// <summary>What is known of a failure of what lies between; empty for nothing.</summary>
    public virtual string Trouble => "";

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}

/// <summary>TCP from this machine.</summary>
internal sealed class DirectPath(IReadOnlyList<IPEndPoint> endPoints) : HopPath
{
    public override IReadOnlyList<IPEndPoint> EndPoints => endPoints;

    public override string Via => "";

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
