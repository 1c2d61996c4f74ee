using System.Text.Json.Serialization;
using Lotse.Execution.Journals;
using Lotse.Execution.Leases;

namespace Lotse.Execution;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true
)]
[JsonSerializable(typeof(LeaseRecord))]
[JsonSerializable(typeof(JournalEntry))]
[JsonSerializable(typeof(AuditEntry))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class StoreJson : JsonSerializerContext;
