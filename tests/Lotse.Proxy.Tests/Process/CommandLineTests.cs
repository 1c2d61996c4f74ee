using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Lotse.Proxy.Contract;
using Lotse.Proxy.Tests.Support;

namespace Lotse.Proxy.Tests.Process;

/// <summary>What a person or a script sees of the program: exit codes, stdout and stderr.</summary>
public sealed class CommandLineTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Theory]
    [InlineData("")]
    [InlineData("fly web")]
    [InlineData("stage web")]
    [InlineData("stage web --target=a:80 --tls")]
    [InlineData("run --http-port=eighty")]
    [InlineData("list --no-such-flag=1")]
    public async Task Misuse_ends_with_2_and_one_sentence_on_stderr(string line)
    {
        var answer = await ProxyProcess.RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(2, answer.Code);
        Assert.Empty(answer.Output);
        Assert.Single(answer.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Without_a_running_proxy_a_command_fails_and_says_where_it_looked()
    {
        var answer = await ProxyProcess.RunAsync("list", $"--socket={folder.File("control.sock")}");

        Assert.Equal(1, answer.Code);
        Assert.StartsWith($"No proxy answers at {folder.File("control.sock")}", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named()
    {
        using var taken = new TcpListener(IPAddress.IPv6Any, 0);
        taken.Server.DualMode = true;
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var answer = await ProxyProcess.RunAsync("run", $"--http-port={port}", $"--state-dir={folder.Path}");

        Assert.Equal(1, answer.Code);
        Assert.Contains($"{port}", answer.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_proxy_on_the_same_state_is_refused_and_the_first_one_stays_in_control()
    {
        await using var first = await ProxyProcess.StartAsync(folder.Path);

        var second = await ProxyProcess.RunAsync("run", "--http-port=0", $"--state-dir={folder.Path}");

        Assert.Equal(1, second.Code);
        Assert.Contains("Another proxy runs", second.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await first.AskAsync(new ListCommand())).Code);
    }

    [Fact]
    public async Task Answers_are_words_for_people_and_one_line_of_JSON_for_programs()
    {
        await using var target = await TestTarget.StartAsync("one");
        await using var proxy = await ProxyProcess.StartAsync(folder.Path);
        string[] where = [$"--socket={proxy.Socket}"];

        var stage = await ProxyProcess.RunAsync(["stage", "web", $"--target={target.Address}", .. where]);
        var moved = await ProxyProcess.RunAsync(["switch", "web", .. where]);
        var list = await ProxyProcess.RunAsync(["list", .. where]);
        var json = await ProxyProcess.RunAsync(["list", "--json", .. where]);
        var refused = await ProxyProcess.RunAsync(["switch", "web", .. where]);

        Assert.StartsWith($"Healthy: http://{target.Address}/up answered 200", stage.Output, StringComparison.Ordinal);
        Assert.Equal($"Traffic goes to {target.Address} (before: none).\n", moved.Output);
        Assert.Matches($@"^Service +Host .*\nweb +\* +/ +{target.Address} ", list.Output);
        Assert.Single(json.Output.TrimEnd().Split('\n'));
        Assert.Equal("web", json.List.Services[0].Name);
        Assert.Equal((1, ""), (refused.Code, refused.Output));
        Assert.StartsWith("Nothing is staged for web", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Misuse_that_only_the_running_proxy_sees_fails_with_JSON_where_JSON_was_asked_for()
    {
        await using var target = await TestTarget.StartAsync("one");
        await using var proxy = await ProxyProcess.StartAsync(folder.Path);
        await proxy.SendAsync(Sample.Deploy("web", target.Address));

        var answer = await proxy.AskAsync(Sample.Stage("other", target.Address));

        Assert.Equal(1, answer.Code);
        Assert.Contains("web already serves any host", answer.Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_command_at_all_is_misuse()
    {
        await using var proxy = await ProxyProcess.StartAsync(folder.Path);

        Assert.Equal(400, await proxy.PostAsync("{\"arguments\":"));
        Assert.Equal(400, await proxy.PostAsync("{}"));
        Assert.Equal(0, (await proxy.AskAsync(new ListCommand())).Code);
    }

    [Fact]
    public async Task Only_its_own_user_may_command_the_proxy()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no file modes.");
            return;
        }

        await using var proxy = await ProxyProcess.StartAsync(folder.Path);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(proxy.Socket));
    }

    [Fact]
    public async Task Help_and_version_need_no_proxy()
    {
        var help = await ProxyProcess.RunAsync("--help");
        var version = await ProxyProcess.RunAsync("version", "--json");

        Assert.Equal(0, help.Code);
        foreach (var command in CommandTable.Readers.Keys)
        {
            Assert.Contains($"lotse-proxy {command}", help.Output, StringComparison.Ordinal);
        }

        Assert.Equal(0, version.Code);
        Assert.NotEmpty(JsonSerializer.Deserialize(version.Output, ContractJson.Default.VersionResult)!.Version);
    }

    [Fact]
    public async Task Sockets_lists_what_listens_here()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has /proc/net/tcp.");
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var listener6 = new TcpListener(IPAddress.IPv6Loopback, 0);
        listener6.Start();

        var plain = await ProxyProcess.RunAsync("sockets");
        var json = await ProxyProcess.RunAsync("sockets", "--json");

        Assert.Contains($"{listener.LocalEndpoint}\n", plain.Output, StringComparison.Ordinal);
        Assert.Contains($"{listener6.LocalEndpoint}\n", plain.Output, StringComparison.Ordinal);
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var result = JsonSerializer.Deserialize(json.Output, ContractJson.Default.SocketsResult)!;
        Assert.Contains(new ListeningSocket("127.0.0.1", port), result.Listening);
    }

    public void Dispose() => folder.Dispose();
}
