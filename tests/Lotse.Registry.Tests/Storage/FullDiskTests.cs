using System.Diagnostics;
using System.Net;
using Lotse.Registry.Tests.Support;

namespace Lotse.Registry.Tests.Storage;

/// <summary>The store lies on a file system of a few megabytes.</summary>
public sealed class FullDiskTests : IDisposable
{
    private readonly Scratch _scratch = new();
    private readonly bool _isMounted;

    public FullDiskTests() =>
        _isMounted = OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", _scratch.Path);

    public void Dispose()
    {
        if (_isMounted)
        {
            Assert.True(Run("umount", _scratch.Path));
        }

        _scratch.Dispose();
    }

    [Fact]
    public async Task An_upload_that_does_not_fit_is_refused_clearly_and_removed()
    {
        Assert.SkipUnless(_isMounted, "Mounting a small file system needs Linux and root.");
        await using var registry = await TestRegistry.StartAsync(_scratch.Path);
        var tooLarge = TestImage.Bytes(1, 8 << 20);
        var location = await registry.Client.BeginUploadAsync("a");
        using var response = await registry.Client.PutAsync(location, Digest.Of(tooLarge), tooLarge);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal("DENIED", await RegistryClient.ErrorCodeAsync(response));
        Assert.Equal(RegistryFault.StorageFull, Assert.Single(registry.Reports.Failures).Fault);
        Assert.Equal(TransferState.Failed, registry.Reports.Transfers.Last().State);
        Assert.Empty(_scratch.Uploads);
        Assert.Empty(_scratch.Blobs);

        var fits = TestImage.Bytes(2, 1 << 20);
        await registry.Client.PushBlobAsync("a", fits);
    }

    [Fact]
    public async Task A_manifest_that_does_not_fit_leaves_the_tag_as_it_was()
    {
        Assert.SkipUnless(_isMounted, "Mounting a small file system needs Linux and root.");
        await using var registry = await TestRegistry.StartAsync(_scratch.Path);
        var old = TestImage.Of("{}");
        await registry.Client.PushAsync("a", "1", old);
        await FillAsync();
        var padded = new byte[100_000];
        Array.Fill(padded, (byte)' ');
        old.Manifest.CopyTo(padded, 0);
        using var response = await registry.Client.PutManifestAsync("a", "1", padded, old.MediaType);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        var image = await registry.Store.ResolveAsync("a", "1", TestContext.Current.CancellationToken);
        Assert.Equal(old.Digest, image!.Digest);
        Assert.Empty(_scratch.Uploads);
    }

    private async Task FillAsync()
    {
        await using var file = File.Create(Path.Combine(_scratch.Path, "ballast"));
        await Assert.ThrowsAsync<IOException>(async () => await file.WriteAsync(new byte[8 << 20]));
    }

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
