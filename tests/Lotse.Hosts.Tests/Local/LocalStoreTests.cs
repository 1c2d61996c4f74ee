using Lotse.Hosts.Local;

namespace Lotse.Hosts.Tests.Local;

public sealed class LocalStoreTests : IDisposable
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;
    private readonly string folder = Path.Combine(Path.GetTempPath(), $"lotse-store-{Path.GetRandomFileName()}");
    private readonly LocalStore store;

    public LocalStoreTests() => store = new LocalStore(folder);

    public void Dispose()
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_file_is_replaced_only_when_it_is_what_was_expected()
    {
        Assert.Null(await store.ReadAsync("a", Token));
        Assert.False(await store.CompareAndSwapAsync("a", "x", "1", Token));
        Assert.True(await store.CompareAndSwapAsync("a", null, "1", Token));
        Assert.False(await store.CompareAndSwapAsync("a", null, "2", Token));
        Assert.True(await store.CompareAndSwapAsync("a", "1", "2", Token));
        Assert.Equal("2", await store.ReadAsync("a", Token));
        Assert.True(await store.CompareAndSwapAsync("a", "2", null, Token));
        Assert.Null(await store.ReadAsync("a", Token));
    }

    [Fact]
    public async Task Of_many_at_once_exactly_one_wins()
    {
        var wins = await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(i => Task.Run(() => store.CompareAndSwapAsync("a", null, $"{i}", Token), Token))
        );
        Assert.Single(wins, won => won);
    }

    [Fact]
    public async Task A_line_after_half_a_line_of_a_killed_writer_stands_alone()
    {
        await store.AppendAsync("log", ["one"], Token);
        await File.AppendAllTextAsync(Path.Combine(folder, "log"), "{\"ha", Token);
        await store.AppendAsync("log", ["two", "three"], Token);
        Assert.Equal("one\n{\"ha\ntwo\nthree\n", await store.ReadAsync("log", Token));
    }

    [Fact]
    public async Task Only_the_owner_may_read_it()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no such modes.");
            return;
        }

        await store.CompareAndSwapAsync("secrets", null, "x", Token);
        await store.AppendAsync("log", ["one"], Token);
        const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Assert.Equal(Owner, File.GetUnixFileMode(Path.Combine(folder, "secrets")));
        Assert.Equal(Owner, File.GetUnixFileMode(Path.Combine(folder, "log")));
        Assert.Equal(Owner | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
    }

    [Theory]
    [InlineData("/given", null, "/given/app")]
    [InlineData(null, "/state", "/state/lotse/app")]
    public void The_environment_may_say_where(string? given, string? state, string expected)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Paths are written in the Unix way.");
        var variables = new Dictionary<string, string?> { ["LOTSE_STATE"] = given, ["XDG_STATE_HOME"] = state };
        Assert.Equal(expected, LocalStore.For("app", null, variables.GetValueOrDefault).Location);
        Assert.Equal($"{expected}-staging", LocalStore.For("app", "staging", variables.GetValueOrDefault).Location);
    }
}
