using System.Text.Json;
using Lotse.Proxy.Commands;
using Lotse.Proxy.Contract;

namespace Lotse.Proxy.Tests.Support;

/// <summary>The whole proxy in this process: its edge on a port of its own, its commands through its control socket.</summary>
internal sealed class TestProxy : IAsyncDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly MemoryStream log = new();
    private ProxyServer? server;

    public HttpClient Client { get; private set; } = new();

    public Uri Url { get; private set; } = new("http://127.0.0.1/");

    public List<string> Said { get; } = [];

    public static async Task<TestProxy> StartAsync()
    {
        var proxy = new TestProxy();
        var run = new RunCommand { HttpPort = 0, StateFolder = proxy.folder.Path };
        proxy.server = await ProxyServer.StartAsync(run, TimeProvider.System, proxy.log, proxy.Said.Add);
        proxy.Url = new UriBuilder(proxy.server.Url.Replace("[::]", "127.0.0.1", StringComparison.Ordinal)).Uri;
        proxy.Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = proxy.Url,
            Timeout = TimeSpan.FromSeconds(30),
        };
        return proxy;
    }

    public async Task<Answer> AskAsync(ProxyCommand command)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var addressed = command with { Json = true, Socket = folder.File(ProxyServer.SocketName) };
        var code = await ControlClient.SendAsync(addressed, output, error);
        return new Answer(code, output.ToString(), error.ToString());
    }

    /// <summary>A command that must work.</summary>
    public async Task<Answer> DoAsync(ProxyCommand command)
    {
        var answer = await AskAsync(command);
        Assert.True(answer.Code == 0, $"{command.Name}: {answer.Output}{answer.Error}");
        return answer;
    }

    public async Task<ServiceReport> ReportAsync(string service) =>
        (await DoAsync(new ListCommand())).List.Services.Single(s => s.Name == service);

    /// <summary>Stops the proxy and returns what it logged, a line each.</summary>
    public async Task<IReadOnlyList<JsonElement>> StopAndReadLogAsync()
    {
        await server!.DisposeAsync();
        server = null;
        var lines = System
            .Text.Encoding.UTF8.GetString(log.ToArray())
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return [.. lines.Select(l => JsonDocument.Parse(l).RootElement.Clone())];
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (server is not null)
        {
            await server.DisposeAsync();
        }

        folder.Dispose();
    }
}
