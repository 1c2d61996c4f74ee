using Lotse.Configuration.Reading.Yaml;

namespace Lotse.Configuration.Reading;

internal static class CursorSteps
{
    /// <summary>The value of a key, without any check; null when this is no map or has no such key.</summary>
    public static Cursor? Step(this Cursor? cursor, string key) =>
        cursor?.Node is MapNode map && map[key] is { } entry ? cursor.Child(entry) : null;
}
