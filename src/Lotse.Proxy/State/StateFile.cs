using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Lotse.Proxy.Contract;

namespace Lotse.Proxy.State;

/// <summary>A service as it is kept over restarts: only what had the traffic.</summary>
internal sealed record SavedService(string Name, string Target, ServiceOptions Options);

/// <summary>
/// The proxy's state on disk. It is written beside and renamed (rename(2) is atomic), and synced before and after, so that a kill or a power cut at any
/// moment leaves either the old state or the new one.
/// </summary>
internal sealed class StateFile(string folder, Action<string> warn)
{
    private readonly string path = Path.Combine(folder, "state.json");

    /// <summary>What was saved last. A file that cannot be read is kept aside and said so; the proxy starts empty then.</summary>
    public IReadOnlyList<SavedService> Load()
    {
        if (!File.Exists(path))
        {
            return [];
        }

        try
        {
            using var stream = File.OpenRead(path);
            return JsonSerializer.Deserialize(stream, StateJson.Default.ListSavedService) ?? [];
        }
        catch (JsonException damaged)
        {
            var aside = path + ".damaged";
            File.Move(path, aside, overwrite: true);
            warn(
                $"{path} cannot be read ({damaged.Message}); it is kept as {aside}. Starting without services: deploy them again."
            );
            return [];
        }
    }

    public void Save(IEnumerable<SavedService> services)
    {
        var fresh = path + ".new";
        using (var stream = new FileStream(fresh, FileMode.Create, FileAccess.Write))
        {
            JsonSerializer.Serialize(stream, services.ToList(), StateJson.Default.ListSavedService);
            stream.Flush(flushToDisk: true);
        }

        File.Move(fresh, path, overwrite: true);
        FolderSync.Run(folder);
    }
}

/// <summary>Makes a rename durable: fsync(2) on the folder.</summary>
internal static partial class FolderSync
{
    public static void Run(string folder)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var handle = Open(folder, 0);
        if (handle >= 0)
        {
            // A file system that cannot sync folders (some network ones) says so here; there is nothing better to do then.
            _ = Sync(handle);
            _ = Close(handle);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Sync(int handle);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int handle);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(List<SavedService>))]
internal sealed partial class StateJson : JsonSerializerContext;
