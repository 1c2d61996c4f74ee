using System.Net;
using Lotse.Registry.Tests.Support;

namespace Lotse.Registry.Tests.Http;

public sealed class LoopbackGuardTests
{
    [Theory]
    [InlineData("127.0.0.1:5000", true)]
    [InlineData("127.8.9.10", true)]
    [InlineData("localhost:80", true)]
    [InlineData("LOCALHOST", true)]
    [InlineData("[::1]:5000", true)]
    [InlineData("evil.example", false)]
    [InlineData("localhost.evil.example", false)]
    [InlineData("127.0.0.1.evil.example", false)]
    [InlineData("192.168.0.1", false)]
    public async Task Only_loopback_names_are_served(string host, bool served)
    {
        await using var registry = await TestRegistry.StartAsync();
        using var response = await registry.Client.GetAsync("/v2/", ("Host", host));
        Assert.Equal(served ? HttpStatusCode.OK : HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task Web_pages_are_refused()
    {
        await using var registry = await TestRegistry.StartAsync();
        using var response = await registry.Client.GetAsync("/v2/", ("Origin", "https://evil.example"));
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal("DENIED", await RegistryClient.ErrorCodeAsync(response));
    }
}
