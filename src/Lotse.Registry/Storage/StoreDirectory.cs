using System.Text;

namespace Lotse.Registry.Storage;

/// <summary>Makes a store's directory, or finds out that it is one already.</summary>
internal static class StoreDirectory
{
    private const string Format = "lotse-registry 1\n";

    public static void Prepare(StoreLayout layout)
    {
        CreateForUserAlone(layout.Root);
        Directory.CreateDirectory(layout.Blobs);
        Directory.CreateDirectory(layout.Uploads);
        Directory.CreateDirectory(layout.Repositories);
        using var lockFile = new FileStream(
            layout.LockFile,
            FileMode.OpenOrCreate,
            FileAccess.Write,
            FileShare.ReadWrite | FileShare.Delete
        );
        CheckFormat(layout);
    }

    private static void CreateForUserAlone(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(directory);
        }
        else
        {
            const UnixFileMode all = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
            Directory.CreateDirectory(directory, all);
        }
    }

    private static void CheckFormat(StoreLayout layout)
    {
        var found = SmallFiles.TryReadText(layout.FormatFile) ?? "";
        if (found.Length == 0)
        {
            // Two processes may write it at once: the content is the same, and short enough to be one write. Empty is
            // what a death between creating and writing leaves.
            File.WriteAllBytes(layout.FormatFile, Encoding.ASCII.GetBytes(Format));
        }
        else if (found != Format)
        {
            throw new RegistryException(
                RegistryFault.FormatUnknown,
                $"{layout.Root} holds a registry store of another format ('{found.Trim()}'; this version knows"
                    + $" '{Format.Trim()}'). Use another directory, or delete this one: images can be pushed again."
            );
        }
    }
}
