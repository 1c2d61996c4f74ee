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
        var first = await GeneratedSecrets.ResolveAsync(Config, host, Token);
        host.Volumes.Add("data");
        var second = await GeneratedSecrets.ResolveAsync(Config, host, Token);
        Assert.Equal(32, first.SecretOf("PASSWORD").Unwrap().Length);
        Assert.Equal(first.SecretOf("PASSWORD"), second.SecretOf("PASSWORD"));
    }

    [Fact]
    public async Task No_new_secret_is_made_for_data_that_an_old_one_protects()
    {
        host.Volumes.Add("data");
        var refused = await Assert.ThrowsAsync<UserException>(() => GeneratedSecrets.ResolveAsync(Config, host, Token));
        Assert.StartsWith(
            "[web1] PASSWORD would be generated anew, but volume data holds data that was made with an earlier one",
            refused.Message,
            StringComparison.Ordinal
        );
        Assert.Null(await host.Store.ReadAsync("secrets.json", Token));
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
                    Hosts = [],
                    Volumes = ["data:/data"],
                    Env = new EnvConfig { Secret = [new SecretVariable("PASSWORD", "PASSWORD")] },
                },
            ],
        };
}
