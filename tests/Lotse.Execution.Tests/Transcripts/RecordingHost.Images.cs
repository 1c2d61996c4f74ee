using System.Collections.Immutable;
using Lotse.Execution.Ports;

namespace Lotse.Execution.Tests.Transcripts;

/// <summary>Its images, networks and volumes.</summary>
internal sealed partial class RecordingHost
{
    public Task EnsureNetworkAsync(string network, CancellationToken cancellation)
    {
        Do($"network {network}");
        hasNetwork = true;
        return Task.CompletedTask;
    }

    public Task<bool> HasNetworkAsync(string network, CancellationToken cancellation) => Task.FromResult(hasNetwork);

    public Task<bool> RemoveNetworkAsync(string network, CancellationToken cancellation)
    {
        Do($"remove network {network}");
        return Task.FromResult(true);
    }

    public Task<bool> HasImageAsync(string image, CancellationToken cancellation) =>
        Task.FromResult(images.Contains(image));

    public Task<ImmutableArray<NamedImage>> ListImagesAsync(string repository, CancellationToken cancellation) =>
        Task.FromResult(images.Order().Select(i => new NamedImage(i, ImageBytes)).ToImmutableArray());

    /// <summary>What each image takes up.</summary>
    public long ImageBytes { get; set; }

    public async Task PullAsync(
        string reference,
        string to,
        RegistryLogin? login,
        IProgress<LayerProgress>? progress,
        CancellationToken cancellation
    )
    {
        Do($"pull {reference} as {to}{As(login)}");
        await OnPull(to, cancellation);
        images.Add(to);
    }

    /// <summary>Is called, and waited for, when an image is being pulled.</summary>
    public Func<string, CancellationToken, Task> OnPull { get; set; } = (_, _) => Task.CompletedTask;

    public bool HasLostRegistry { get; set; }

    public Task<string> PushAsync(
        string image,
        string reference,
        RegistryLogin? login,
        IProgress<LayerProgress>? progress,
        CancellationToken cancellation
    )
    {
        Do($"push {image} to {reference}{As(login)}");
        return Task.FromResult("sha256:1");
    }

    public Task<LoginAnswer> LoginAsync(RegistryLogin login, CancellationToken cancellation)
    {
        Do($"log in to {login.Address}{As(login)}");
        return Task.FromResult(Login(login));
    }

    /// <summary>What a registry answers to a login.</summary>
    public Func<RegistryLogin, LoginAnswer> Login { get; set; } = _ => new LoginAnswer(LoginOutcome.Accepted, "");

    private static string As(RegistryLogin? login) =>
        login is null ? "" : $" with {login.User.Unwrap()}:{login.Password.Unwrap()}";

    public Task<bool> RemoveImageAsync(string image, CancellationToken cancellation)
    {
        Do($"remove image {image}");
        return Task.FromResult(images.Remove(image));
    }

    public Task<ImmutableArray<string>> GetListeningPortsAsync(
        string container,
        string helperImage,
        CancellationToken cancellation
    ) => Task.FromResult<ImmutableArray<string>>(["0.0.0.0:80"]);

    public Task<bool> HasVolumeAsync(string volume, CancellationToken cancellation) =>
        Task.FromResult(Volumes.Contains(volume));

    /// <summary>Volumes that are there before anything is deployed.</summary>
    public HashSet<string> Volumes { get; } = [];

    public Task RemoveVolumeAsync(string volume, CancellationToken cancellation)
    {
        Do($"remove volume {volume}");
        Volumes.Remove(volume);
        return Task.CompletedTask;
    }
}
