using System.Collections.Immutable;
using Lotse.Proxy.Contract;
using Lotse.Proxy.Routing;

namespace Lotse.Proxy.Tests.Routing;

public sealed class RouteTableTests
{
    private static readonly RouteTable Table = RouteTable.Build([
        Service("shop", ["shop.example.com"], []),
        Service("shop-api", ["shop.example.com"], ["/api"]),
        Service("shop-api-v2", ["shop.example.com"], ["/api/v2"]),
        Service("tenants", ["*.example.com"], []),
        Service("both", ["one.example.org", "two.example.org"], ["/a", "/b"]),
        Service("rest", [], ["/rest"]),
    ]);

    [Theory]
    [InlineData("shop.example.com", "/", "shop")]
    [InlineData("SHOP.Example.COM", "/", "shop")]
    [InlineData("shop.example.com.", "/", "shop")]
    [InlineData("shop.example.com", "/api", "shop-api")]
    [InlineData("shop.example.com", "/api/", "shop-api")]
    [InlineData("shop.example.com", "/api/v1", "shop-api")]
    [InlineData("shop.example.com", "/api/v2/x", "shop-api-v2")]
    [InlineData("shop.example.com", "/api/v22", "shop-api")]
    [InlineData("shop.example.com", "/apis", "shop")]
    [InlineData("shop.example.com", "/API", "shop")]
    [InlineData("acme.example.com", "/", "tenants")]
    [InlineData("acme.example.com", "/rest", "tenants")]
    [InlineData("one.example.org", "/b/c", "both")]
    [InlineData("two.example.org", "/a", "both")]
    [InlineData("two.example.org", "/rest/x", "rest")]
    [InlineData("anything", "/rest", "rest")]
    [InlineData("", "/rest", "rest")]
    [InlineData("[::1]", "/rest", "rest")]
    public void The_most_specific_host_then_the_longest_prefix_wins(string host, string path, string service) =>
        Assert.Equal(service, Table.Find(host, path)?.Service);

    [Theory]
    [InlineData("two.example.org", "/c")]
    [InlineData("anything", "/")]
    [InlineData("a.b.example.com", "/")]
    [InlineData("example.com", "/")]
    [InlineData(".example.com", "/")]
    public void What_no_service_takes_has_no_route(string host, string path) => Assert.Null(Table.Find(host, path));

    [Fact]
    public void The_matched_prefix_is_known() =>
        Assert.Equal("/api/v2", Table.Find("shop.example.com", "/api/v2/x")?.Prefix);

    [Theory]
    [InlineData("example.com", "/", "taken")]
    [InlineData("EXAMPLE.com", "", "taken")]
    [InlineData("example.com", "/api/", "taken")]
    [InlineData("*.example.com", "/", "wild")]
    [InlineData("", "/any", "any")]
    public void Two_services_cannot_have_the_same_host_and_path(string host, string prefix, string other)
    {
        var conflict = RouteTable.FindConflict(Options(host, prefix), Others);

        Assert.Equal(other, conflict?.Service);
    }

    [Theory]
    [InlineData("example.com", "/other")]
    [InlineData("sub.example.com", "/")]
    [InlineData("", "/")]
    public void Services_share_a_host_or_overlap_as_long_as_one_is_more_specific(string host, string prefix) =>
        Assert.Null(RouteTable.FindConflict(Options(host, prefix), Others));

    private static RoutedService[] Others =>
        [
            Service("taken", ["example.com"], ["/", "/api"]),
            Service("wild", ["*.example.com"], []),
            Service("any", [], ["/any"]),
        ];

    private static RoutedService Service(string name, ImmutableArray<string> hosts, ImmutableArray<string> prefixes) =>
        new(name, new ServiceOptions { Hosts = hosts, PathPrefixes = prefixes }, null);

    private static ServiceOptions Options(string host, string prefix) =>
        new() { Hosts = host.Length == 0 ? [] : [host], PathPrefixes = prefix.Length == 0 ? [] : [prefix] };
}
