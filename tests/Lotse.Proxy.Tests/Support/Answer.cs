using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Lotse.Proxy.Contract;

namespace Lotse.Proxy.Tests.Support;

/// <summary>What a command printed and its exit code.</summary>
internal sealed record Answer(int Code, string Output, string Error)
{
    public StageResult Stage => Read(ContractJson.Default.StageResult);

    public SwitchResult Switch => Read(ContractJson.Default.SwitchResult);

    public DrainResult Drain => Read(ContractJson.Default.DrainResult);

    public ListResult List => Read(ContractJson.Default.ListResult);

    public string Refusal => Read(ContractJson.Default.ErrorResult).Error;

    private T Read<T>(JsonTypeInfo<T> type) => JsonSerializer.Deserialize(Output, type)!;
}
