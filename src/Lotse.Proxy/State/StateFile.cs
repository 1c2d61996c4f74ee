using System.Text.Json;
using Lotse.Proxy.Contract;

namespace Lotse.Proxy.State;

/// <summary>
/// The proxy's state on disk. It is written beside and renamed (rename(2) is atomic), and synced before and after, so that a kill or a power cut at any
/// moment leaves either the old state or the new one.
/// </summary>
internal sealed class StateFile(string folder, Action<string> warn)
{
    private readonly string path = Path.Combine(folder, "state.json");

    /// <summary>What was saved last. A file that makes no sense is kept aside and said so; the proxy starts empty then.</summary>
    public IReadOnlyList<SavedService> Load()
    {
        if (!File.Exists(path))
        {
            return [];
        }

        try
        {
            using var stream = File.OpenRead(path);
            return JsonSerializer.Deserialize(stream, StateJson.Default.SavedState)?.ToServices()
                ?? throw new JsonException("it is empty");
        }
        catch (Exception damaged) when (damaged is JsonException or UsageException)
        {
            var aside = path + ".damaged";
            File.Move(path, aside, overwrite: true);
            warn(
                $"The state in {path} cannot be understood: {damaged.Message} It is kept as {aside}. "
                    + "The proxy starts without services: deploy them again."
            );
            return [];
        }
    }

    public void Save(IEnumerable<SavedService> services)
    {
        var fresh = path + ".new";
        using (var stream = new FileStream(fresh, FileMode.Create, FileAccess.Write))
        {
            JsonSerializer.Serialize(stream, SavedState.Of([.. services]), StateJson.Default.SavedState);
            stream.Flush(flushToDisk: true);
        }

        File.Move(fresh, path, overwrite: true);
        FolderSync.Run(folder);
    }
}
