using System.Net;
using Renci.SshNet;

namespace Lotse.Hosts.Ssh.Access.Dialing;

/// <summary>
/// TCP from a jump host, through its SSH connection (RFC 4254, section 7.2). SSH.NET gives such a channel only as a port on 127.0.0.1; whoever
/// else connects to it there gets no further than to the server's own login.
/// </summary>
internal sealed class JumpPath : HopPath
{
    private readonly ForwardedPortLocal forwarding;
    private readonly Hop jump;
    private string trouble = "";

    private JumpPath(Hop jump, ForwardedPortLocal forwarding)
    {
        this.jump = jump;
        this.forwarding = forwarding;
        forwarding.Exception += (_, failure) => trouble = failure.Exception.Message;
    }

    public override IReadOnlyList<IPEndPoint> EndPoints => [new(IPAddress.Loopback, (int)forwarding.BoundPort)];

    public override string Via => $"through {jump.Address}";

    public override string Trouble => trouble;

    /// <summary>Opens it.</summary>
    /// <param name="client">The connection to the jump host.</param>
    /// <param name="jump">The jump host.</param>
    /// <param name="target">The server to reach.</param>
    public static JumpPath Open(SshClient client, Hop jump, Hop target)
    {
        var forwarding = new ForwardedPortLocal("127.0.0.1", 0, target.Name, (uint)target.Port);
        client.AddForwardedPort(forwarding);
        var path = new JumpPath(jump, forwarding);
        forwarding.Start();
        return path;
    }

    public override ValueTask DisposeAsync()
    {
        forwarding.Dispose();
        return ValueTask.CompletedTask;
    }
}
