namespace Lotse.Testing.Servers;

/// <summary>What a server has when it is started.</summary>
public enum ServerKind
{
    /// <summary>sshd and a Docker Engine that keeps images in its classic store (overlay2).</summary>
    Server,

    /// <summary>The same with the containerd image store, as fresh installs of new engines have it.</summary>
    ContainerdStore,

    /// <summary>sshd alone, and apt that can install from where this machine itself does.</summary>
    Bare,

    /// <summary>The same under systemd: a restart is a boot.</summary>
    Booted,
}
