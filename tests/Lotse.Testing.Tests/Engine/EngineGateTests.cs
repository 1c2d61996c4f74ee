using Docker.DotNet;
using Lotse.Testing.Engine;
using Xunit.Sdk;

namespace Lotse.Testing.Tests.Engine;

public sealed class EngineGateTests
{
    private static readonly Uri Nowhere = new("http://127.0.0.1:1");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_an_engine_a_test_is_skipped_and_the_reason_says_what_to_do()
    {
        var reason = "";
        try
        {
            await RequireAsync(mustBeThere: false);
        }
        catch (SkipException exception)
        {
            // Assert.Throws would let it through, and this test would be skipped itself.
            reason = exception.Message;
        }

        Assert.Contains($"No Docker Engine answers at {Nowhere}", reason);
        Assert.Contains("DOCKER_HOST", reason);
    }

    [Fact]
    public async Task Where_an_engine_must_be_its_absence_is_a_failure()
    {
        var exception = await Assert.ThrowsAsync<FailException>(() => RequireAsync(mustBeThere: true));

        Assert.Contains(EngineGate.RequireVariable, exception.Message);
    }

    private static async Task RequireAsync(bool mustBeThere)
    {
        using var configuration = new DockerClientConfiguration(Nowhere);
        using var client = configuration.CreateClient();
        await EngineGate.RequireAsync(client, Nowhere, mustBeThere, Token);
    }
}
