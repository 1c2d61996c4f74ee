using System.Globalization;
using System.Text.Json;
using Lotse.EndToEnd.Host;

// A deployer in a process of its own, so that a test can have it killed: the file of its world, the version, and how
// many moments it has to live.
var spec = JsonSerializer.Deserialize<WorldSpec>(await File.ReadAllTextAsync(args[0]))!;
await using var world = new World(spec, int.Parse(args[2], CultureInfo.InvariantCulture));
await world.RunAsync(new ReleaseSpec(args[1]), CancellationToken.None);
return 0;
