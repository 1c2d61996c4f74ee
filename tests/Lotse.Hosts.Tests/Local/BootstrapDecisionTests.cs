using Lotse.Execution.Ports;
using Lotse.Hosts.Local;

namespace Lotse.Hosts.Tests.Local;

public sealed class BootstrapDecisionTests
{
    private static readonly EngineCandidate Default = new("unix:///var/run/docker.sock", "the default socket");
    private static readonly EngineCandidate Rootless = new(
        "unix:///run/user/7/docker.sock",
        "the rootless engine's socket"
    );
    private static readonly EngineCandidate Named = new("tcp://10.0.0.9:2375", "DOCKER_HOST", Named: true);
    private static readonly Version Api = new(1, 41);

    private static MachineFacts DebianRoot { get; } =
        new()
        {
            System = HostSystem.Linux,
            Distribution = ["debian"],
            IsRoot = true,
            User = "root",
            Apt = true,
            Engines = [new(Default, ProbeOutcome.Absent)],
        };

    private static MachineFacts UbuntuUser { get; } =
        DebianRoot with
        {
            Distribution = ["ubuntu", "debian"],
            IsRoot = false,
            User = "kai",
        };

    [Fact]
    public void The_first_engine_that_answers_is_used()
    {
        var facts = UbuntuUser with
        {
            Engines = [new(Default, ProbeOutcome.NoPermission), new(Rootless, ProbeOutcome.Answers, "Docker", Api)],
        };
        var use = Assert.IsType<BootstrapDecision.Use>(BootstrapDecision.For(facts));
        Assert.Equal(Rootless, use.Engine.Candidate);
    }

    [Theory]
    [InlineData("1.41", true)]
    [InlineData("1.51", true)]
    [InlineData("1.100", true)]
    [InlineData("1.40", false)]
    [InlineData("1.9", false)]
    public void An_engine_must_speak_api_1_41_at_least(string version, bool enough)
    {
        var facts = DebianRoot with
        {
            Engines = [new(Default, ProbeOutcome.Answers, "Docker", Version.Parse(version))],
        };
        var decision = BootstrapDecision.For(facts);
        Assert.Equal(enough, decision is BootstrapDecision.Use);
        Assert.Equal(!enough, decision is BootstrapDecision.Fail { Problem: EngineProblem.TooOld });
    }

    [Theory]
    [InlineData(ProbeOutcome.Absent, EngineProblem.NamedEngineSilent)]
    [InlineData(ProbeOutcome.Silent, EngineProblem.NamedEngineSilent)]
    [InlineData(ProbeOutcome.NotAnEngine, EngineProblem.NamedEngineSilent)]
    [InlineData(ProbeOutcome.Unusable, EngineProblem.UnusableAddress)]
    [InlineData(ProbeOutcome.NoPermission, EngineProblem.NoPermission)]
    internal void A_named_engine_is_never_replaced_by_another(ProbeOutcome outcome, EngineProblem problem)
    {
        var facts = DebianRoot with { Installed = "/usr/sbin/dockerd", Engines = [new(Named, outcome)] };
        Assert.Equal(problem, Fail(facts).Problem);
    }

    [Fact]
    public void Root_on_debian_installs_a_missing_engine() =>
        Assert.IsType<BootstrapDecision.Install>(BootstrapDecision.For(DebianRoot));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Root_starts_an_installed_engine_by_what_the_machine_has(bool systemd)
    {
        var facts = DebianRoot with { Installed = "/usr/sbin/dockerd", Systemd = systemd, Distribution = ["fedora"] };
        Assert.Equal(new BootstrapDecision.Start(systemd), BootstrapDecision.For(facts));
    }

    [Fact]
    public void A_dockerd_that_lives_but_does_not_answer_yet_is_waited_for()
    {
        var facts = DebianRoot with
        {
            Installed = "/usr/sbin/dockerd",
            EngineProcess = 42,
            Engines = [new(Default, ProbeOutcome.Silent, "connection refused")],
        };
        Assert.Equal(new BootstrapDecision.Await(42), BootstrapDecision.For(facts));
    }

    [Fact]
    public void No_right_to_the_socket_names_the_group_and_the_command()
    {
        var facts = UbuntuUser with { SocketGroup = "moby", Engines = [new(Default, ProbeOutcome.NoPermission)] };
        var fail = Fail(facts);
        Assert.Equal(EngineProblem.NoPermission, fail.Problem);
        Assert.Contains("sudo usermod -aG moby kai", fail.Cure);
        Assert.Contains("newgrp moby", Fail(facts with { IsGroupMember = true }).Cure);
        Assert.DoesNotContain("usermod", Fail(facts with { IsGroupMember = true }).Cure);
    }

    public static TheoryData<string, string, bool, bool, string> ByHand =>
        new()
        {
            { "Linux", "ubuntu", false, false, "sudo apt-get install -y docker.io && sudo service docker start" },
            {
                "Linux",
                "ubuntu",
                false,
                true,
                "sudo apt-get install -y docker.io && sudo systemctl enable --now docker"
            },
            { "Linux", "fedora", true, true, "`dnf install -y moby-engine && systemctl enable --now docker`" },
            { "Linux", "alpine", false, false, "sudo apk add docker && sudo rc-service docker start" },
            { "Linux", "gentoo", true, false, "https://docs.docker.com/engine/install/" },
            { "MacOs", "", false, false, "brew install --cask docker" },
            { "Windows", "", false, false, "winget install Docker.DockerDesktop" },
        };

    [Theory]
    [MemberData(nameof(ByHand))]
    public void What_must_be_installed_by_hand_comes_with_its_command(
        string system,
        string distribution,
        bool root,
        bool systemd,
        string command
    )
    {
        var facts = DebianRoot with
        {
            System = Enum.Parse<HostSystem>(system),
            Distribution = [distribution],
            IsRoot = root,
            Systemd = systemd,
        };
        var fail = Fail(facts);
        Assert.Equal(EngineProblem.NotInstalled, fail.Problem);
        Assert.Contains(command, fail.Cure);
    }

    [Theory]
    [InlineData("Linux", "sudo systemctl enable --now docker")]
    [InlineData("MacOs", "open -a Docker")]
    [InlineData("Windows", "Start Docker Desktop")]
    public void What_is_installed_must_only_be_started(string system, string command)
    {
        var facts = UbuntuUser with { System = Enum.Parse<HostSystem>(system), Installed = "/there", Systemd = true };
        var fail = Fail(facts);
        Assert.Equal(EngineProblem.NotRunning, fail.Problem);
        Assert.Contains(command, fail.Cure);
        Assert.DoesNotContain("install -y", fail.Cure);
    }

    private static BootstrapDecision.Fail Fail(MachineFacts facts) =>
        Assert.IsType<BootstrapDecision.Fail>(BootstrapDecision.For(facts));
}
