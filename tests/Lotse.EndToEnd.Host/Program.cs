using System.Text.Json;
using Lotse.EndToEnd.Host;
using Lotse.Execution.Deployments;

// A deployer in a process of its own, so that a test can have it killed or put to sleep: the file with its orders; or, for a command that is joined to its
// terminal: the file of its world, the version, "exec" or "one-off", and the command.
if (args is [var file, var version, ("exec" or "one-off") and var kind, var command])
{
    var spec = JsonSerializer.Deserialize<WorldSpec>(await File.ReadAllTextAsync(file))!;
    await using var there = new World(spec);
    var request = new ExecRequest
    {
        Command = command,
        IsInteractive = true,
        IsOneOff = kind == "one-off",
    };
    var results = await there.Operate(new ReleaseSpec(version)).ExecAsync(request, (_, _) => { }, default);
    return results[0].ExitCode ?? 1;
}

var orders = JsonSerializer.Deserialize<Orders>(await File.ReadAllTextAsync(args[0]))!;
using var moments = new Moments
{
    Death = orders.Death,
    Sleep = orders.Sleep,
    Fault = orders.Fault,
};
await using var world = new World(orders.World, moments);
try
{
    await world.RunAsync(orders.Release, CancellationToken.None);
    return 0;
}
catch (Exception failure)
{
    await Console.Error.WriteLineAsync(failure.Message);
    return 1;
}
