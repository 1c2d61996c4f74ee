using Lotse.Proxy.Forwarding;
using Microsoft.AspNetCore.Http;

namespace Lotse.Proxy.Tests.Forwarding;

public sealed class ForwardPathTests
{
    [Theory]
    [InlineData("/", "/", "/")]
    [InlineData("/a%2Bb/%41?x=%20y", "/a+b/A", "/a%2Bb/%41?x=%20y")]
    [InlineData("/a//b", "/a//b", "/a//b")]
    [InlineData("/a%2Fb", "/a%2Fb", "/a%2Fb")]
    [InlineData("/?q=/./x", "/", "/?q=/./x")]
    public void A_plain_target_passes_byte_for_byte(string raw, string path, string forwarded) =>
        Assert.Equal(forwarded, Of(raw, path, "/"));

    [Theory]
    [InlineData("/api", "/api", "/")]
    [InlineData("/api/", "/api/", "/")]
    [InlineData("/api?x=1", "/api", "/?x=1")]
    [InlineData("/api/a%2Bb?x", "/api/a+b", "/a%2Bb?x")]
    [InlineData("/%61pi/b%20c?x=%2B", "/api/b c", "/b%20c?x=%2B")]
    [InlineData("/%61pi/a%252Fb%2Fc", "/api/a%2Fb%2Fc", "/a%252Fb%2Fc")]
    public void A_prefix_is_taken_off(string raw, string path, string forwarded) =>
        Assert.Equal(forwarded, Of(raw, path, "/api"));

    [Theory]
    [InlineData("/api/../admin", "/admin", "/", "/admin")]
    [InlineData("/api/%2e%2E/admin?x=1", "/admin", "/", "/admin?x=1")]
    [InlineData("/x/../api/y", "/api/y", "/api", "/y")]
    [InlineData("/.well-known/a%20b", "/.well-known/a b", "/", "/.well-known/a%20b")]
    [InlineData("/x/../a%252Fb%2Fc", "/a%2Fb%2Fc", "/", "/a%252Fb%2Fc")]
    [InlineData("/x/y/..", "/x/", "/", "/x/")]
    [InlineData("/../x/./y//../z", "/x/y/z", "/x", "/y/z")]
    [InlineData("/x/%2E", "/x/", "/x", "/")]
    [InlineData("http://example.com/a?b", "/a", "/", "/a?b")]
    public void What_was_routed_is_what_is_asked_for(string raw, string path, string prefix, string forwarded) =>
        Assert.Equal(forwarded, Of(raw, path, prefix));

    private static string Of(string raw, string path, string prefix)
    {
        var query = raw.IndexOf('?', StringComparison.Ordinal);
        return ForwardPath.Of(raw, new PathString(path), query < 0 ? default : new QueryString(raw[query..]), prefix);
    }
}
