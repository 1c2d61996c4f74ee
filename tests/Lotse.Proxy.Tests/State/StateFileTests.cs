using Lotse.Proxy.Contract;
using Lotse.Proxy.State;
using Lotse.Proxy.Tests.Support;

namespace Lotse.Proxy.Tests.State;

public sealed class StateFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly List<string> warnings = [];

    private static readonly SavedService Web = new(
        "web",
        "abc:3000",
        new ServiceOptions { Hosts = ["example.com"], TargetTimeout = TimeSpan.FromMinutes(5) }
    );

    [Fact]
    public void What_was_saved_is_loaded()
    {
        New().Save([Web, Web with { Service = "other" }]);

        var loaded = New().Load();

        Assert.Equal(["web", "other"], loaded.Select(s => s.Service));
        Assert.Equal("abc:3000", loaded[0].Target);
        Assert.Equal(["example.com"], loaded[0].Options.Hosts);
        Assert.Equal(TimeSpan.FromMinutes(5), loaded[0].Options.TargetTimeout);
        Assert.Equal(new ServiceOptions().HealthCheckPath, loaded[0].Options.HealthCheckPath);
        Assert.Empty(warnings);
    }

    [Fact]
    public void A_hold_is_loaded_with_its_service()
    {
        var stop = new StopCommand("web", TimeSpan.FromSeconds(5), "Back at ten");
        New().Save([Web with { Hold = stop }, Web with { Service = "other" }]);

        Assert.Equal([stop, null], New().Load().Select(s => s.Hold));
    }

    [Fact]
    public void What_a_switch_goes_back_to_is_loaded_with_its_service()
    {
        var before = new SavedTarget("def:3000", Web.Options with { Hosts = ["old.example.com"] });
        New().Save([Web with { Previous = before, IsRevertible = true }, Web with { Service = "other" }]);

        var loaded = New().Load();

        Assert.Equal(["def:3000", null], loaded.Select(s => s.Previous?.Target));
        Assert.Equal(["old.example.com"], loaded[0].Previous!.Options.Hosts);
        Assert.Equal([true, false], loaded.Select(s => s.IsRevertible));
    }

    [Fact]
    public void A_state_that_knows_no_holds_is_understood()
    {
        File.WriteAllText(
            folder.File("state.json"),
            """{"version":1,"services":[["deploy","web","--target=abc:3000"]]}"""
        );

        Assert.Null(Assert.Single(New().Load()).Hold);
        Assert.Empty(warnings);
    }

    [Fact]
    public void A_new_proxy_has_no_services_and_nothing_to_complain_of()
    {
        Assert.Empty(New().Load());
        Assert.Empty(warnings);
    }

    [Fact]
    public void Saving_leaves_nothing_beside_the_state()
    {
        New().Save([Web]);
        New().Save([]);

        Assert.Equal(["state.json"], Directory.GetFiles(folder.Path).Select(Path.GetFileName));
        Assert.Empty(New().Load());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"version\":1,\"services\":[[\"deploy\",\"we")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"version\":1,\"services\":null}")]
    [InlineData("{\"version\":1,\"services\":[null]}")]
    [InlineData("{\"version\":1,\"services\":[[]]}")]
    [InlineData("{\"version\":1,\"services\":[[\"remove\",\"web\"]]}")]
    [InlineData("{\"version\":1,\"services\":[[\"deploy\",\"web\",\"--no-such-flag=1\"]]}")]
    [InlineData("{\"version\":99,\"services\":[]}")]
    [InlineData("\0\0\0\0\0\0\0\0")]
    public void A_file_that_makes_no_sense_is_kept_aside_and_said_so(string content)
    {
        File.WriteAllText(folder.File("state.json"), content);

        Assert.Empty(New().Load());

        Assert.Contains("state.json.damaged", Assert.Single(warnings), StringComparison.Ordinal);
        Assert.Equal(content, File.ReadAllText(folder.File("state.json.damaged")));
        Assert.False(File.Exists(folder.File("state.json")));
    }

    [Fact]
    public void A_file_that_was_half_written_beside_the_state_does_no_harm()
    {
        New().Save([Web]);
        File.WriteAllText(folder.File("state.json.new"), "{\"vers");

        Assert.Single(New().Load());
        New().Save([]);

        Assert.Empty(New().Load());
        Assert.Empty(warnings);
    }

    [Fact]
    public void A_state_folder_belongs_to_one_proxy_at_a_time()
    {
        var first = new StateFolder(folder.Path);
        var refused = Assert.Throws<IOException>(() => new StateFolder(folder.Path));
        Assert.Contains("Another proxy runs with the state folder", refused.Message, StringComparison.Ordinal);

        first.Dispose();

        using var second = new StateFolder(folder.Path);
    }

    public void Dispose() => folder.Dispose();

    private StateFile New() => new(folder.Path, warnings.Add);
}
