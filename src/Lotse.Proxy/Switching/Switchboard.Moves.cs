using Lotse.Proxy.Contract;
using Lotse.Proxy.Targets;

namespace Lotse.Proxy.Switching;

/// <summary>Moves traffic between targets that are there.</summary>
internal sealed partial class Switchboard
{
    /// <summary>Moves the traffic to the staged target.</summary>
    /// <exception cref="RefusedException">None is staged, or another one than the command names.</exception>
    public SwitchResult Switch(SwitchCommand command) =>
        Move(
            command.Service,
            state =>
            {
                var next =
                    state.Switch()
                    ?? throw new RefusedException(
                        state.Probing is null
                            ? $"Nothing is staged for {command.Service}: stage a target first."
                            : $"{state.Probing.Address} of {command.Service} is not healthy yet: wait for its stage to end."
                    );
                ThrowUnless(command, next.Active, "is staged");
                return next;
            }
        );

    /// <summary>Moves the traffic back.</summary>
    /// <exception cref="RefusedException">There was no switch, it is settled by a drain, or another target than the command names has the traffic.</exception>
    public SwitchResult Revert(RevertCommand command) =>
        Move(
            command.Service,
            state =>
            {
                ThrowUnless(command, state.Active, "has the traffic");
                return state.Revert()
                    ?? throw new RefusedException(
                        $"{command.Service} has no switch that could be taken back: there was none, or it was drained since. "
                            + "Nothing was changed. Stage the old target and switch to it."
                    );
            }
        );

    /// <summary>Forgets the staged target, and ends a staging that still waits; another target than the command names stays.</summary>
    public void Abort(AbortCommand command)
    {
        lock (turn)
        {
            Commit(snapshot[command.Service].Abort(command.Target));
        }
    }

    /// <summary>Waits until the previous target has no request in flight, cuts off what is left after the time, and forgets the target.</summary>
    /// <exception cref="RefusedException">The traffic went back to it meanwhile, or another target than the command names has it.</exception>
    public async Task<DrainResult> DrainAsync(DrainCommand command, CancellationToken cancellation)
    {
        var previous = Drainable(command).Previous;
        if (previous is not null)
        {
            await previous.Target.WaitUntilIdleAsync(command.Timeout, time, cancellation);
        }

        lock (turn)
        {
            var state = Drainable(command);
            if (previous is not null && state.Active == previous)
            {
                throw new RefusedException($"{previous.Target.Address} has the traffic again: it was not drained.");
            }

            if (state.Previous != previous)
            {
                // Drained by somebody else, or given up by another switch; whoever did that ends its requests.
                return new DrainResult(previous?.Target.Address, 0);
            }

            var cutOff = previous?.Target.CutOff() ?? 0;
            Commit(state.Drained());
            return new DrainResult(previous?.Target.Address, cutOff);
        }
    }

    private ServiceState Drainable(DrainCommand command)
    {
        var state = snapshot[command.Service];
        ThrowUnless(command, state.Active, "has the traffic");
        return state;
    }

    private static void ThrowUnless(FencedCommand command, Binding? found, string what)
    {
        var address = found?.Target.Address;
        if (command.Target is { } target && address != target)
        {
            throw new RefusedException(
                $"{address ?? "No target"} of {command.Service} {what}, and not {target}: somebody else works on it. Nothing was changed."
            );
        }
    }

    private SwitchResult Move(string service, Func<ServiceState, ServiceState> change)
    {
        lock (turn)
        {
            var before = snapshot[service];
            var after = change(before);
            Commit(after);
            return new SwitchResult(before.Active?.Target.Address, after.Active?.Target.Address);
        }
    }
}
