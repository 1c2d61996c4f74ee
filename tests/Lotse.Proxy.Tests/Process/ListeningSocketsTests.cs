using Lotse.Proxy.Commands;
using Lotse.Proxy.Contract;
using Lotse.Proxy.Tests.Support;

namespace Lotse.Proxy.Tests.Process;

public sealed class ListeningSocketsTests : IDisposable
{
    private const string Head = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n";
    private readonly TemporaryFolder folder = new();

    [Fact]
    public void Only_what_listens_is_listed_and_the_engines_name_server_is_not()
    {
        File.WriteAllText(
            folder.File("tcp"),
            Head
                + "   0: 0B00007F:8C7D 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0\n"
                + "   1: 00000000:0BB8 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0\n"
                + "   2: 0100007F:1F90 0100007F:A3D2 01 00000000:00000000 00:00000000 00000000     0\n"
        );
        File.WriteAllText(
            folder.File("tcp6"),
            Head
                + "   0: 00000000000000000000000001000000:1F90 00000000000000000000000000000000:0000 0A 0:0 0:0 0 0\n"
                + "   1: 00000000000000000000000000000000:0BB8 00000000000000000000000000000000:0000 0A 0:0 0:0 0 0\n"
        );

        var listening = ListeningSockets.Read(folder.Path).Listening;

        Assert.Equal([new("0.0.0.0", 3000), new("::", 3000), new("::1", 8080)], listening);
    }

    [Fact]
    public void A_machine_without_IPv6_has_one_table_less()
    {
        File.WriteAllText(folder.File("tcp"), Head);

        Assert.Empty(ListeningSockets.Read(folder.Path).Listening);
    }

    public void Dispose() => folder.Dispose();
}
