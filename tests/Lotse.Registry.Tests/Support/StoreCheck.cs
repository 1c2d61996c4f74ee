using System.Security.Cryptography;

namespace Lotse.Registry.Tests.Support;

/// <summary>Looks at a store's files as no reader of the registry's own code would.</summary>
internal static class StoreCheck
{
    /// <summary>Every piece of content is what its name says, and every tag's image is complete.</summary>
    public static async Task AssertSoundAsync(Scratch scratch)
    {
        foreach (var blob in scratch.Blobs)
        {
            using var content = blob.OpenRead();
            Assert.Equal(blob.Name, Convert.ToHexStringLower(await SHA256.HashDataAsync(content, Cancellation)));
        }

        var store = RegistryStore.Open(scratch.Path);
        foreach (var repository in store.Repositories)
        {
            foreach (var tag in store.Tags(repository))
            {
                var image = await store.ResolveAsync(repository, tag, Cancellation);
                Assert.NotNull(image);
                Assert.All(
                    image.Layers.Select(layer => layer.Digest).Append(image.ConfigDigest!),
                    digest => Assert.Contains(scratch.Blobs, blob => blob.Name == digest.Hex)
                );
            }
        }
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;
}
