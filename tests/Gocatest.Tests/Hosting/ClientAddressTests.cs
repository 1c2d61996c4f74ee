using System.Net;
using Gocatest.Hosting;

namespace Gocatest.Tests.Hosting;

public sealed class ClientAddressTests
{
    [Theory]
    [InlineData("203.0.113.5", "", "203.0.113.5")]
    [InlineData("203.0.113.5", "198.51.100.1", "203.0.113.5")]
    [InlineData("172.17.0.1", "", "172.17.0.1")]
    [InlineData("172.17.0.1", "198.51.100.1", "198.51.100.1")]
    [InlineData("172.32.0.1", "198.51.100.1", "172.32.0.1")]
    [InlineData("::ffff:10.1.2.3", "198.51.100.1", "198.51.100.1")]
    [InlineData("127.0.0.1", "6.6.6.6, 198.51.100.1", "198.51.100.1")]
    [InlineData("127.0.0.1", "198.51.100.1, 192.168.7.7", "198.51.100.1")]
    [InlineData("fd00::1", "2001:db8::7", "2001:db8::7")]
    [InlineData("127.0.0.1", "nonsense", "127.0.0.1")]
    public void What_neighbours_forward_is_believed_up_to_the_first_stranger(
        string peer,
        string forwarded,
        string client
    ) => Assert.Equal(client, ClientAddress.Of(IPAddress.Parse(peer), forwarded));
}
