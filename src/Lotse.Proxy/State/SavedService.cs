using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Lotse.Proxy.Contract;

namespace Lotse.Proxy.State;

/// <summary>A service as it is kept over restarts: only what had the traffic.</summary>
internal sealed record SavedService(string Service, string Target, ServiceOptions Options, ServiceCommand? Hold = null);

/// <summary>
/// The state's form on disk. Each service is kept as the command that would deploy it: the one form whose defaults and checks hold over versions of the
/// proxy, and that a person can read and repeat.
/// </summary>
/// <param name="Version">The form's version: 1.</param>
/// <param name="Services">For each service the argv of its <c>deploy</c>.</param>
/// <param name="Holds">For each service that is held the argv of its <c>pause</c> or <c>stop</c>; a proxy that does not know them leaves them out.</param>
internal sealed record SavedState(
    int Version,
    ImmutableArray<ImmutableArray<string>> Services,
    ImmutableArray<ImmutableArray<string>> Holds
)
{
    private const int Current = 1;

    public static SavedState Of(IReadOnlyCollection<SavedService> services) =>
        new(
            Current,
            [
                .. services.Select(s =>
                    new DeployCommand(s.Service, s.Target, s.Options).ToArguments().ToImmutableArray()
                ),
            ],
            [.. services.Select(s => s.Hold).OfType<ServiceCommand>().Select(h => h.ToArguments().ToImmutableArray())]
        );

    /// <exception cref="UsageException">A command is not one that this version understands.</exception>
    public IReadOnlyList<SavedService> ToServices() =>
        Version == Current && !Services.IsDefault
            ? [.. Services.Select(Read).Select(WithHold)]
            : throw new UsageException($"it has version {Version}, and this proxy understands {Current}");

    private SavedService WithHold(SavedService service) =>
        Holds.IsDefault
            ? service
            : service with
            {
                Hold = Holds
                    .Select(h => ProxyCommand.Parse(h.IsDefault ? [] : h))
                    .OfType<ServiceCommand>()
                    .FirstOrDefault(h => h.Service == service.Service && h is PauseCommand or StopCommand),
            };

    private static SavedService Read(ImmutableArray<string> arguments) =>
        !arguments.IsDefault && ProxyCommand.Parse(arguments) is DeployCommand deploy
            ? new SavedService(deploy.Service, deploy.Target, deploy.Options)
            : throw new UsageException("it holds something else than deploy commands");
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    RespectNullableAnnotations = true
)]
[JsonSerializable(typeof(SavedState))]
internal sealed partial class StateJson : JsonSerializerContext;
