using System.Globalization;
using System.Text.Json;
using Lotse.EndToEnd.Host;
using Lotse.Execution.Deployments;

// A deployer in a process of its own, so that a test can have it killed: the file of its world, the version, and how
// many moments it has to live; or, for a command that is joined to its terminal: "exec" or "one-off", and the command.
var spec = JsonSerializer.Deserialize<WorldSpec>(await File.ReadAllTextAsync(args[0]))!;
if (args is [_, var version, ("exec" or "one-off") and var kind, var command])
{
    await using var there = new World(spec);
    var request = new ExecRequest
    {
        Command = command,
        IsInteractive = true,
        IsOneOff = kind == "one-off",
    };
    var results = await there.Operate(new ReleaseSpec(version)).ExecAsync(request, (_, _) => { }, default);
    return results[0].ExitCode;
}

await using var world = new World(spec, int.Parse(args[2], CultureInfo.InvariantCulture));
await world.RunAsync(new ReleaseSpec(args[1]), CancellationToken.None);
return 0;
