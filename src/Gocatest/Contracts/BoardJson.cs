using System.Text.Json.Serialization;
using Gocatest.Notes;

namespace Gocatest.Contracts;

/// <summary>Everything that travels as JSON, with its code generated at compile time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    PropertyNameCaseInsensitive = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(ReleaseAnswer))]
[JsonSerializable(typeof(NotesAnswer))]
[JsonSerializable(typeof(Note))]
[JsonSerializable(typeof(NoteDraft))]
[JsonSerializable(typeof(DatabaseAnswer))]
[JsonSerializable(typeof(HealthAnswer))]
[JsonSerializable(typeof(StoredAnswer))]
[JsonSerializable(typeof(Problem))]
internal sealed partial class BoardJson : JsonSerializerContext;
