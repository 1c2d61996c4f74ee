using System.Text.Json.Serialization;

namespace Gocatest.Storage;

/// <summary>How things stand with the database.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DatabaseState>))]
internal enum DatabaseState
{
    /// <summary>Not reached yet, for the first time.</summary>
    [JsonStringEnumMemberName("starting")]
    Starting,

    /// <summary>Reached, schema in place, notifications arriving.</summary>
    [JsonStringEnumMemberName("up")]
    Up,

    /// <summary>Not reached or lost; it is tried again in the background.</summary>
    [JsonStringEnumMemberName("away")]
    Away,
}
