namespace Lotse.Testing.Waiting;

/// <summary>What tests wait for, in the words of the test run's table.</summary>
public static class WaitKind
{
    /// <summary>Servers that are made of an image and started until sshd and engine answer.</summary>
    public const string ServerBoot = "server boot";

    /// <summary>An image that is made: of servers, of runtimes, of the edge proxy.</summary>
    public const string ImageBuild = "image build";

    /// <summary>A free place in a pool of servers.</summary>
    public const string FreeServers = "free servers";

    /// <summary>A deploy or rollback of the deployer under test.</summary>
    public const string Deploy = "deploy";

    /// <summary>A command line of the product in a process of its own, its start included.</summary>
    public const string Command = "command";

    /// <summary>A set-up of servers, the packages that it installs included.</summary>
    public const string Setup = "set-up of servers";

    /// <summary>A time limit of the product that has to pass: a lease, a bake window, a deploy time-out.</summary>
    public const string TimeLimit = "time limit";
}
