using System.Formats.Tar;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Lotse.Registry.Tests.Support;

/// <summary>The machine's real Docker Engine, by bare API calls.</summary>
internal sealed class Engine : IDisposable
{
    private const string Socket = "/var/run/docker.sock";

    private readonly HttpClient _http = new(
        new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(Engine.Socket), cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        }
    )
    {
        BaseAddress = new Uri("http://engine/"),
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Skips the test where no engine answers.</summary>
    public static async Task<Engine> ConnectAsync()
    {
        var engine = new Engine();
        try
        {
            using var response = await engine._http.GetAsync("_ping", Cancellation);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
        catch (HttpRequestException error)
        {
            Assert.Skip($"No Docker Engine answers at {Socket}: {error.Message}");
        }

        return engine;
    }

    /// <summary>Builds an image from a Dockerfile and files.</summary>
    public Task BuildAsync(string image, string dockerfile, params (string Name, byte[] Content)[] files)
    {
        var context = new MemoryStream();
        using (var tar = new TarWriter(context, leaveOpen: true))
        {
            foreach (var (name, content) in files.Prepend(("Dockerfile", Encoding.UTF8.GetBytes(dockerfile))))
            {
                tar.WriteEntry(
                    new UstarTarEntry(TarEntryType.RegularFile, name)
                    {
                        DataStream = new MemoryStream(content),
                        ModificationTime = DateTimeOffset.UnixEpoch,
                        Mode = UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.OtherExecute,
                    }
                );
            }
        }

        context.Position = 0;
        return SendAsync(HttpMethod.Post, $"build?forcerm=1&t={Uri.EscapeDataString(image)}", Tar(context));
    }

    public Task PushAsync(string image, string tag) =>
        SendAsync(HttpMethod.Post, $"images/{image}/push?tag={tag}", null, ("X-Registry-Auth", "e30="));

    public Task PullAsync(string image, string tagOrDigest) =>
        SendAsync(
            HttpMethod.Post,
            $"images/create?fromImage={Uri.EscapeDataString(image)}&tag={Uri.EscapeDataString(tagOrDigest)}"
        );

    public Task LoadAsync(Stream archive) => SendAsync(HttpMethod.Post, "images/load", Tar(archive));

    public Task RemoveImageAsync(string reference) =>
        SendAsync(HttpMethod.Delete, $"images/{Uri.EscapeDataString(reference)}?force=1");

    public async Task<bool> HasImageAsync(string reference)
    {
        using var response = await _http.GetAsync($"images/{Uri.EscapeDataString(reference)}/json", Cancellation);
        return response.StatusCode == HttpStatusCode.OK;
    }

    public async Task<JsonElement> InspectImageAsync(string reference) =>
        Json(await SendAsync(HttpMethod.Get, $"images/{Uri.EscapeDataString(reference)}/json"));

    /// <summary>Runs a container to its end and gives what it printed.</summary>
    public async Task<string> RunAsync(string image)
    {
        var body = JsonSerializer.Serialize(new { Image = image, Tty = true });
        var content = new StringContent(body, Encoding.UTF8, "application/json");
        var id = Json(await SendAsync(HttpMethod.Post, "containers/create", content)).GetProperty("Id").GetString();
        try
        {
            await SendAsync(HttpMethod.Post, $"containers/{id}/start");
            await SendAsync(HttpMethod.Post, $"containers/{id}/wait");
            return await SendAsync(HttpMethod.Get, $"containers/{id}/logs?stdout=1");
        }
        finally
        {
            await SendAsync(HttpMethod.Delete, $"containers/{id}?force=1");
        }
    }

    public void Dispose() => _http.Dispose();

    private static StreamContent Tar(Stream stream) =>
        new(stream) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-tar") } };

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement.Clone();

    /// <summary>
    /// Long operations answer 200 at once and report their failure in the stream, which ends up in the text.
    /// </summary>
    private async Task<string> SendAsync(
        HttpMethod method,
        string path,
        HttpContent? content = null,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        using var response = await _http.SendAsync(request, Cancellation);
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {(int)response.StatusCode} {text}");
        Assert.DoesNotContain("\"errorDetail\"", text, StringComparison.Ordinal);
        return text;
    }
}
