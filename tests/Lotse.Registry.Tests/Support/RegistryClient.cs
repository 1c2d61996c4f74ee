using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Lotse.Registry.Tests.Support;

/// <summary>Speaks the distribution API as a builder or engine does.</summary>
internal sealed class RegistryClient(Uri address) : IDisposable
{
    public HttpClient Http { get; } = new() { BaseAddress = address };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        HttpContent? content = null,
        params (string Name, string Value)[] headers
    )
    {
        var request = new HttpRequestMessage(method, path) { Content = content };
        foreach (var (name, value) in headers)
        {
            Assert.True(
                request.Headers.TryAddWithoutValidation(name, value)
                    || content!.Headers.TryAddWithoutValidation(name, value)
            );
        }

        return Http.SendAsync(request, Cancellation);
    }

    public Task<HttpResponseMessage> GetAsync(string path, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Get, path, null, headers);

    public Task<HttpResponseMessage> HeadAsync(string path) => SendAsync(HttpMethod.Head, path);

    public Task<HttpResponseMessage> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path);

    /// <summary>Begins an upload and gives its location.</summary>
    public async Task<string> BeginUploadAsync(string repository)
    {
        using var response = await SendAsync(HttpMethod.Post, $"/v2/{repository}/blobs/uploads/");
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        return response.Headers.Location!.ToString();
    }

    public Task<HttpResponseMessage> PatchAsync(string location, byte[] chunk, string? range = null) =>
        SendAsync(HttpMethod.Patch, location, new ByteArrayContent(chunk), ContentRange(range));

    public Task<HttpResponseMessage> PutAsync(string location, Digest digest, byte[] rest, string? range = null) =>
        SendAsync(HttpMethod.Put, $"{location}?digest={digest}", new ByteArrayContent(rest), ContentRange(range));

    public async Task PushBlobAsync(string repository, byte[] content)
    {
        using var found = await HeadAsync($"/v2/{repository}/blobs/{Digest.Of(content)}");
        if (found.StatusCode != HttpStatusCode.OK)
        {
            using var stored = await PutAsync(await BeginUploadAsync(repository), Digest.Of(content), content);
            Assert.Equal(HttpStatusCode.Created, stored.StatusCode);
        }
    }

    public Task<HttpResponseMessage> PutManifestAsync(
        string repository,
        string tagOrDigest,
        byte[] manifest,
        string mediaType
    )
    {
        var body = new ByteArrayContent(manifest);
        body.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        return SendAsync(HttpMethod.Put, $"/v2/{repository}/manifests/{tagOrDigest}", body);
    }

    /// <summary>Pushes all of an image, its manifest last.</summary>
    public async Task PushAsync(string repository, string tag, TestImage image)
    {
        foreach (var blob in image.Blobs)
        {
            await PushBlobAsync(repository, blob);
        }

        using var response = await PutManifestAsync(repository, tag, image.Manifest, image.MediaType);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
    }

    /// <summary>Checks that a response is the spec's error, and gives its code.</summary>
    public static async Task<string> ErrorCodeAsync(HttpResponseMessage response)
    {
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        using var json = JsonDocument.Parse(await response.Content.ReadAsStreamAsync(Cancellation));
        var error = json.RootElement.GetProperty("errors")[0];
        Assert.NotEqual("", error.GetProperty("message").GetString());
        return error.GetProperty("code").GetString()!;
    }

    public void Dispose() => Http.Dispose();

    private static (string, string)[] ContentRange(string? range) => range is null ? [] : [("Content-Range", range)];
}
