using Lotse.Configuration;
using Lotse.Execution.Deployments;
using Lotse.Execution.Tests.Transcripts;

namespace Lotse.Execution.Tests;

public sealed class GeneratedSecretsTests
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;
    private readonly RecordingHost host = new("web1", _ => { });

    [Fact]
    public async Task A_secret_is_generated_once_and_is_the_same_for_the_next_run()
    {
        var first = await GeneratedSecrets.ResolveAsync(Config, [host], Token);
        host.Volumes.Add("data");
        var second = await GeneratedSecrets.ResolveAsync(Config, [host], Token);
        Assert.Equal(32, first.SecretOf("PASSWORD").Unwrap().Length);
        Assert.Equal(first.SecretOf("PASSWORD"), second.SecretOf("PASSWORD"));
    }

    [Fact]
    public async Task No_new_secret_is_made_for_data_that_an_old_one_protects()
    {
        host.Volumes.Add("data");
        var refused = await Assert.ThrowsAsync<UserException>(() =>
            GeneratedSecrets.ResolveAsync(Config, [host], Token)
        );
        Assert.StartsWith(
            "[web1] PASSWORD would be generated anew, but volume data holds data that was made with an earlier one",
            refused.Message,
            StringComparison.Ordinal
        );
        Assert.Null(await host.Store.ReadAsync("secrets.json", Token));
    }

    [Fact]
    public async Task Every_host_gets_to_know_it_so_that_none_has_to_come_first()
    {
        var other = new RecordingHost("web2", _ => { });
        var first = await GeneratedSecrets.ResolveAsync(Config, [host, other], Token);
        host.Volumes.Add("data");

        // The first host is left out, and then it is another one that comes first.
        var without = await GeneratedSecrets.ResolveAsync(Config, [other], Token);
        var reordered = await GeneratedSecrets.ResolveAsync(
            Config,
            [new RecordingHost("web3", _ => { }), other, host],
            Token
        );

        Assert.Equal(first.SecretOf("PASSWORD"), without.SecretOf("PASSWORD"));
        Assert.Equal(first.SecretOf("PASSWORD"), reordered.SecretOf("PASSWORD"));
    }

    [Fact]
    public async Task Where_hosts_differ_the_one_that_has_the_data_is_right()
    {
        var other = new RecordingHost("web0", _ => { });
        await other.Store.ReplaceAsync("secrets.json", """{"PASSWORD":"stray"}""", Token);
        await host.Store.ReplaceAsync("secrets.json", """{"PASSWORD":"of the data"}""", Token);

        var config = await GeneratedSecrets.ResolveAsync(Config, [other, host], Token);

        Assert.Equal("of the data", config.SecretOf("PASSWORD").Unwrap());
    }

    [Fact]
    public async Task Of_two_deployers_that_generate_at_once_both_have_the_first_ones()
    {
        var store = (MemoryStore)host.Store;
        store.OnSwapping = () =>
        {
            store.OnSwapping = () => { };
            store.Files["secrets.json"] = """{"PASSWORD":"the other one's"}""";
        };

        var config = await GeneratedSecrets.ResolveAsync(Config, [host], Token);

        Assert.Equal("the other one's", config.SecretOf("PASSWORD").Unwrap());
    }

    private static DeployConfig Config { get; } =
        new()
        {
            Service = "app",
            Image = "app",
            Roles = [],
            GeneratedSecrets = ["PASSWORD"],
            Accessories =
            [
                new AccessoryConfig
                {
                    Name = "db",
                    Service = "app-db",
                    Image = "postgres",
                    Hosts = [new HostConfig { Name = "web1" }],
                    Volumes = ["data:/data"],
                    Env = new EnvConfig { Secret = [new SecretVariable("PASSWORD", "PASSWORD")] },
                },
            ],
        };
}
