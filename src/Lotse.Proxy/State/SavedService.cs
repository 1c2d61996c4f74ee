using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Lotse.Proxy.Contract;

namespace Lotse.Proxy.State;

/// <summary>A service as it is kept over restarts: what had the traffic, and what a revert goes back to.</summary>
internal sealed record SavedService(string Service, string Target, ServiceOptions Options, ServiceCommand? Hold = null)
{
    /// <summary>What had the traffic before the last switch; null when nothing had it, or when the switch is settled.</summary>
    public SavedTarget? Previous { get; init; }

    /// <summary>Whether the last switch can be taken back.</summary>
    public bool IsRevertible { get; init; }
}

/// <summary>A target, and how it was routed.</summary>
internal sealed record SavedTarget(string Target, ServiceOptions Options);

/// <summary>
/// The state's form on disk. Each service is kept as the command that would deploy it: the one form whose defaults and checks hold over versions of the
/// proxy, and that a person can read and repeat.
/// </summary>
/// <param name="Version">The form's version: 1.</param>
/// <param name="Services">For each service the argv of its <c>deploy</c>.</param>
/// <param name="Holds">For each service that is held the argv of its <c>pause</c> or <c>stop</c>; a proxy that does not know them leaves them out.</param>
/// <param name="Previous">For each service that has a previous target the argv of its <c>deploy</c>; a proxy that does not know them cannot revert.</param>
/// <param name="Revertible">The services whose last switch can be taken back, those that had nothing before it included.</param>
internal sealed record SavedState(
    int Version,
    ImmutableArray<ImmutableArray<string>> Services,
    ImmutableArray<ImmutableArray<string>> Holds,
    ImmutableArray<ImmutableArray<string>> Previous = default,
    ImmutableArray<string> Revertible = default
)
{
    private const int Current = 1;

    public static SavedState Of(IReadOnlyCollection<SavedService> services) =>
        new(
            Current,
            [.. services.Select(s => Write(s.Service, s.Target, s.Options))],
            [.. services.Select(s => s.Hold).OfType<ServiceCommand>().Select(h => h.ToArguments().ToImmutableArray())],
            [
                .. services
                    .Where(s => s.Previous is not null)
                    .Select(s => Write(s.Service, s.Previous!.Target, s.Previous.Options)),
            ],
            [.. services.Where(s => s.IsRevertible).Select(s => s.Service)]
        );

    /// <exception cref="UsageException">A command is not one that this version understands.</exception>
    public IReadOnlyList<SavedService> ToServices() =>
        Version == Current && !Services.IsDefault
            ? [.. Services.Select(Read).Select(WithHold).Select(WithPrevious)]
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

    private SavedService WithPrevious(SavedService service)
    {
        var previous = (Previous.IsDefault ? [] : Previous)
            .Select(Read)
            .FirstOrDefault(p => p.Service == service.Service);
        return service with
        {
            Previous = previous is null ? null : new SavedTarget(previous.Target, previous.Options),
            IsRevertible = !Revertible.IsDefault && Revertible.Contains(service.Service),
        };
    }

    private static ImmutableArray<string> Write(string service, string target, ServiceOptions options) =>
        [.. new DeployCommand(service, target, options).ToArguments()];

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
