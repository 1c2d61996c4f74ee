using System.Diagnostics;
using Lotse.Hosts.Ssh;
using Lotse.Hosts.Tests.Local;

namespace Lotse.Hosts.Tests.Ssh;

/// <summary>In which folder a user keeps what is kept on a server: the one that all share wherever that can be.</summary>
public sealed class StatePlaceTests : IDisposable
{
    private const string Nobody = "65534";
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("nothing is there", "", false, "own", nameof(StatePlace.Own))]
    [InlineData("nothing is there, and sudo", "", true, "shared", nameof(StatePlace.BySudo))]
    [InlineData("everybody's is there", "mkdir -m 777 shared", false, "shared", nameof(StatePlace.Shared))]
    [InlineData(
        "everybody's is there, and is root's",
        "mkdir -m 755 shared",
        false,
        "shared",
        nameof(StatePlace.Denied)
    )]
    [InlineData("it is root's, and sudo", "mkdir -m 755 shared", true, "shared", nameof(StatePlace.BySudo))]
    [InlineData("the user has an old one", "mkdir -p own/app", false, "own", nameof(StatePlace.Own))]
    [InlineData("the user has an old one, and sudo", "mkdir -p own/app", true, "own", nameof(StatePlace.Own))]
    [InlineData(
        "the user has an old one, and everybody's has none of this service",
        "mkdir -p own/app; mkdir -m 777 shared",
        false,
        "own",
        nameof(StatePlace.Own)
    )]
    [InlineData(
        "an old one was moved",
        "mkdir -p own/app; mkdir -m 777 shared; mkdir shared/app",
        false,
        "shared",
        nameof(StatePlace.Shared)
    )]
    [InlineData(
        "the user's own is another service's",
        "mkdir -p own/other; mkdir -m 777 shared",
        false,
        "shared",
        nameof(StatePlace.Shared)
    )]
    public void A_user_without_roots_rights(string scenario, string before, bool hasSudo, string where, string place)
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess,
            "Only root can be another user."
        );
        var root = folder.Path;
        Run("chmod", "755", root);
        Run("sh", "-c", $"mkdir {root}/state; ln -s {root}/state/lotse {root}/own; mkdir {root}/state/lotse");
        Run("sh", "-c", $"cd {root}\n{before}\nchmod -R a+rX .");
        folder.WriteProgram("bin/sudo", $"#!/bin/sh\nexit {(hasSudo ? 0 : 1)}\n");

        var told = Run(
            "setpriv",
            $"--reuid={Nobody}",
            $"--regid={Nobody}",
            "--clear-groups",
            "env",
            $"PATH={root}/bin:/usr/bin:/bin:/usr/sbin:/sbin",
            $"XDG_STATE_HOME={root}/state",
            "sh",
            "-c",
            HostFacts.Script,
            "sh",
            "app",
            $"{root}/shared"
        );

        var facts = HostFacts.Parse(told);
        var expected = where == "own" ? $"{root}/state/lotse" : $"{root}/shared";
        Assert.Equal((scenario, expected, place), (scenario, facts.StateFolder, facts.Place.ToString()));
    }

    [Fact]
    public void Root_shares()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Only root is root.");
        var facts = HostFacts.Parse(Run("sh", "-c", HostFacts.Script, "sh", "app", "/nowhere/lotse"));
        Assert.Equal(("/nowhere/lotse", StatePlace.Shared), (facts.StateFolder, facts.Place));
    }

    private static string Run(string program, params string[] arguments)
    {
        var info = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true };
        using var process = Process.Start(info)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
