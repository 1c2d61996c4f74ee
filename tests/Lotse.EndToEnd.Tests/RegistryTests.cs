using System.Security.Cryptography;
using Docker.DotNet.Models;
using Lotse.EndToEnd.Host;
using Lotse.Execution;
using Lotse.Execution.Deployments;
using Lotse.Execution.Ports;
using Lotse.Testing.Registries;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Lotse.EndToEnd.Tests;

/// <summary>Deploys through a real registry that asks for a login.</summary>
public sealed class RegistryTests(SharedEngine shared)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>An accessory's image on the same registry, too: the release's is dear to send there a second time.</summary>
    [Fact]
    public async Task A_release_is_pushed_once_and_pulled_by_its_digest_as_is_an_accessorys_image_and_no_login_is_kept()
    {
        await using var world = await shared.CreateAsync(Cancellation);
        await using var registry = await UseAsync(world, DistributionServer.Password);
        var logins = ReadStoredLogins();

        await world.DeployAsync("v1");
        await world.DeployAsync(new ReleaseSpec("v1") { Colour = "red" });
        await world.DeployAsync("v2");

        await world.AssertAtRestAsync("v2");
        var manifests = $" /v2/{world.Spec.Service}/manifests/";
        var requests = registry.Requests.Where(r => r.Contains(manifests, StringComparison.Ordinal)).ToList();
        Assert.Equal(
            [$"PUT{manifests}v1 201", $"PUT{manifests}v2 201"],
            requests.Where(r => r.StartsWith("PUT", StringComparison.Ordinal))
        );
        Assert.Contains(requests, r => r.StartsWith($"GET{manifests}sha256:", StringComparison.Ordinal));
        var images = await world.Engine.Client.Images.ListImagesAsync(new ImagesListParameters(), Cancellation);
        Assert.DoesNotContain(
            images.SelectMany(i => i.RepoTags ?? []).Concat(images.SelectMany(i => i.RepoDigests ?? [])),
            n => n.StartsWith(registry.Address, StringComparison.Ordinal)
        );

        await AnAccessorysImageIsPulledWithTheSameLoginAsync(world, registry);
        Assert.Equal(logins, ReadStoredLogins());
    }

    [Fact]
    public async Task A_wrong_password_is_told_before_the_image_is_built_and_not_printed()
    {
        await using var world = await shared.CreateAsync(Cancellation);
        await using var registry = await UseAsync(world, "ebb-and-flow");

        var problem = await Assert.ThrowsAsync<UserException>(() => world.DeployAsync("v1"));

        Assert.Contains($"[local] log in to the registry {registry.Address} as pilot", problem.Message, Ordinal);
        Assert.Contains(
            "does not take this login: check registry.username and registry.password",
            problem.Message,
            Ordinal
        );
        Assert.DoesNotContain("ebb-and-flow", problem.ToString(), Ordinal);
        Assert.Empty(await world.Engine.ListAsync(world.Engine.Scope + '-', Cancellation));
        var host = await world.Deployer.ConnectAsync("local", Cancellation);
        Assert.Empty(await host.Engine.ListImagesAsync(world.Spec.Service, Cancellation));
    }

    /// <summary>Engines answer the first with 500 and the second with 401.</summary>
    [Theory]
    [InlineData("""{"errors":[{"code":"UNAUTHORIZED","message":"no"}]}""")]
    [InlineData("""{"details":"no"}""")]
    public async Task A_token_servers_refusal_is_told_as_one(string words)
    {
        await using var world = await shared.CreateAsync(Cancellation);
        await using var registry = await StartTokenServerAsync(words);
        var address = new Uri(registry.Urls.Single()).Authority;
        await world.ChangeAsync(s => s with { Registry = address, RegistryUser = "a", RegistryPassword = "b" });

        var problem = await Assert.ThrowsAsync<UserException>(() => world.DeployAsync("v1"));

        Assert.Contains("does not take this login", problem.Message, Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1:1", "Nothing answers there")]
    [InlineData("registry.invalid", "Nobody knows that name")]
    public async Task A_registry_that_is_not_there_is_told_before_the_image_is_built(string address, string cure)
    {
        await using var world = await shared.CreateAsync(Cancellation);
        await world.ChangeAsync(s => s with { Registry = address, RegistryUser = "a", RegistryPassword = "b" });

        var problem = await Assert.ThrowsAsync<UserException>(() => world.DeployAsync("v1"));

        Assert.Contains($"[local] log in to the registry {address} as a", problem.Message, Ordinal);
        Assert.Contains(cure, problem.Message, Ordinal);
    }

    private async Task AnAccessorysImageIsPulledWithTheSameLoginAsync(TestWorld world, DistributionServer registry)
    {
        var shell = await shared.ShellImageAsync(Cancellation);
        var image = $"{registry.Address}/{world.Engine.Name("store")}:1";
        var release = new ReleaseSpec("v2") { AccessoryImage = image };
        var host = await world.Deployer.ConnectAsync("local", Cancellation);
        var login = RegistryLogin.Of(DeployConfigs.For(world.Spec, release));
        await host.Engine.PushAsync(shell, image, login, null, Cancellation);
        await host.Engine.RemoveImageAsync(image, Cancellation);

        await world.DeployAsync(release);

        await world.FindAccessoryAsync();
        await world.AssertAtRestAsync("v2");
        await world
            .Deployer.Operate(release)
            .RemoveAsync(new RemoveRequest(WithData: true), (_, _) => Task.CompletedTask, Cancellation);
        await host.Engine.RemoveImageAsync(image, Cancellation);
    }

    private const StringComparison Ordinal = StringComparison.Ordinal;

    private static async Task<DistributionServer> UseAsync(TestWorld world, string password)
    {
        var registry = await DistributionServer.StartAsync(Cancellation);
        await world.ChangeAsync(s =>
            s with
            {
                Registry = registry.Address,
                RegistryUser = DistributionServer.User,
                RegistryPassword = password,
            }
        );
        return registry;
    }

    /// <summary>A registry that wants a token, and gives nobody one.</summary>
    private static async Task<WebApplication> StartTokenServerAsync(string words)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var server = builder.Build();
        server.Run(async context =>
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            if (context.Request.Path == "/v2/")
            {
                var realm = $"Bearer realm=\"http://{context.Request.Host}/token\",service=\"test\"";
                context.Response.Headers.WWWAuthenticate = realm;
            }
            else
            {
                context.Response.ContentType = "application/json";
                await context.Response.WriteAsync(words, Cancellation);
            }
        });
        await server.StartAsync(Cancellation);
        return server;
    }

    /// <summary>What the docker command remembers of logins on this machine; empty when it remembers nothing.</summary>
    private static string ReadStoredLogins()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var file = Path.Combine(home, ".docker", "config.json");
        return File.Exists(file) ? Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file))) : "";
    }
}
