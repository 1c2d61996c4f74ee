using Lotse.Execution.Ports;
using Lotse.Execution.Reporting;

namespace Lotse.Execution.Hooks;

/// <summary>Runs hooks so that what they write, and what they are told of a failure, shows no secret. They get the secrets themselves as they are.</summary>
/// <param name="hooks">Runs them.</param>
/// <param name="mask">Hides the secrets.</param>
public sealed class MaskedHooks(IHookRunner hooks, SecretMask mask) : IHookRunner
{
    private const string Failure = "KAMAL_FAILURE";

    /// <inheritdoc/>
    public async Task<HookResult?> RunAsync(
        string hook,
        IReadOnlyDictionary<string, string> environment,
        IProgress<string> output,
        CancellationToken cancellation
    )
    {
        if (environment.TryGetValue(Failure, out var failure))
        {
            environment = new Dictionary<string, string>(environment) { [Failure] = mask.Apply(failure) };
        }

        var result = await hooks.RunAsync(hook, environment, new Masked(output, mask), cancellation);
        return result is null ? null : result with { Tail = [.. result.Tail.Select(mask.Apply)] };
    }

    private sealed class Masked(IProgress<string> output, SecretMask mask) : IProgress<string>
    {
        public void Report(string value) => output.Report(mask.Apply(value));
    }
}
