using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Lotse.Hosts.Local;

namespace Lotse.Hosts.Tests.Local;

public sealed class EngineCandidatesTests : IDisposable
{
    private readonly TemporaryFolder _home = new();
    private readonly Dictionary<string, string> _variables = [];

    [Fact]
    public void The_default_sockets_come_in_order()
    {
        _variables["XDG_RUNTIME_DIR"] = "/run/user/7";
        Assert.Equal(
            [
                "unix:///var/run/docker.sock",
                "unix:///run/user/7/docker.sock",
                $"unix://{_home.Path}/.docker/run/docker.sock",
            ],
            Addresses()
        );
    }

    [Fact]
    public void Docker_host_excludes_all_others()
    {
        _variables["DOCKER_HOST"] = "tcp://10.0.0.9:2375";
        _variables["DOCKER_CONTEXT"] = "other";
        Assert.Equal([new("tcp://10.0.0.9:2375", "DOCKER_HOST", Named: true)], Candidates());
    }

    [Fact]
    public void A_context_named_by_the_environment_excludes_all_others()
    {
        WriteContext("far", "tcp://far:2376");
        _variables["DOCKER_CONTEXT"] = "far";
        Assert.Equal([new("tcp://far:2376", "DOCKER_CONTEXT=far", Named: true)], Candidates());
    }

    [Fact]
    public void A_missing_context_named_by_the_environment_has_no_usable_address()
    {
        _variables["DOCKER_CONTEXT"] = "gone";
        Assert.Equal("", Assert.Single(Candidates()).Address);
    }

    [Fact]
    public void The_selected_context_comes_first_and_other_local_ones_last()
    {
        WriteContext("desktop", "unix:///d.sock");
        WriteContext("colima", "unix:///c.sock");
        WriteContext("server", "ssh://deploy@server");
        _home.Write(".docker/config.json", """{"currentContext":"colima"}""");
        var addresses = Addresses();
        Assert.Equal("unix:///c.sock", addresses[0]);
        Assert.Equal("unix:///d.sock", addresses[^1]);
        Assert.Equal(4, addresses.Count);
    }

    [Fact]
    public void Broken_files_of_the_docker_command_are_no_obstacle()
    {
        _home.Write(".docker/config.json", "{ not json");
        _home.Write(".docker/contexts/meta/x/meta.json", "");
        Assert.Equal(2, Addresses().Count);
    }

    [Fact]
    public void Windows_has_a_pipe_and_contexts_with_four_slashes()
    {
        WriteContext("desktop-linux", "npipe:////./pipe/dockerDesktopLinuxEngine");
        var addresses = EngineCandidates.For(HostSystem.Windows, Site()).Select(c => c.Address);
        Assert.Equal(["npipe://./pipe/docker_engine", "npipe://./pipe/dockerDesktopLinuxEngine"], addresses);
    }

    public void Dispose() => _home.Dispose();

    private EngineSite Site() => new() { Home = _home.Path, Variable = name => _variables.GetValueOrDefault(name) };

    private ImmutableArray<EngineCandidate> Candidates() => EngineCandidates.For(HostSystem.Linux, Site());

    private List<string> Addresses() => [.. Candidates().Select(c => c.Address)];

    private void WriteContext(string name, string host)
    {
        var folder = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
        var json = JsonSerializer.Serialize(new { Name = name, Endpoints = new { docker = new { Host = host } } });
        _home.Write($".docker/contexts/meta/{folder}/meta.json", json);
    }
}
