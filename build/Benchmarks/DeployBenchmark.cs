using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Lotse.Configuration;
using Lotse.Execution.Deployments;
using Lotse.Execution.Ports;
using Lotse.Execution.Reporting;
using Lotse.Nuke.Deployments;
using Lotse.Planning;
using Lotse.Planning.Containers;
using Serilog;

/// <summary>
/// Upgrades of the sample application for a change of its code alone, stage by stage, beside the floor: pull, create, start and the first healthy
/// answer by bare calls to the same engine, in the same run. Its service, proxy, network and state are its own.
/// </summary>
sealed class DeployBenchmark(string root, string temporary)
{
    private const string Service = "lotse-benchmark";
    private const int Rounds = 5;
    private static readonly MachineNames Machine = new()
    {
        Proxy = "lotse-benchmark-proxy",
        ProxyVolume = "lotse-benchmark-proxy",
        Network = "lotse-benchmark",
    };
    private readonly string context = Path.Combine(temporary, "benchmark");
    private readonly DeploySettings settings = new() { RootDirectory = root, TemporaryDirectory = temporary };
    private int version;

    public async Task RunAsync(CancellationToken cancellation)
    {
        var config = Config(FreePort());
        CopyContext();
        try
        {
            // The first one brings up network and proxy, and warms engine and runtime.
            await DeployAsync(config, cancellation);
            var rounds = new List<Dictionary<string, double>>();
            var floors = new List<double>();
            for (var round = 0; round < Rounds; round++)
            {
                rounds.Add(await DeployAsync(config, cancellation));
                floors.Add(await FloorAsync(config, cancellation));
            }

            Print(rounds, Median(floors));
        }
        finally
        {
            await using var composition = Compose(config);
            await new Operations(composition.Services, config, "benchmark").RemoveAsync(
                new RemoveRequest(WithData: true),
                (_, _) => Task.CompletedTask,
                CancellationToken.None
            );
            Directory.Delete(context, recursive: true);
        }
    }

    internal static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }

    private static void Print(List<Dictionary<string, double>> rounds, double floor)
    {
        var medians = rounds[0].Keys.ToDictionary(k => k, k => Median(rounds.Select(r => r[k])));
        Log.Information("Deploy of a code-only change, median of {Rounds}:", rounds.Count);
        foreach (var (stage, seconds) in medians)
        {
            Log.Information("  {Stage}{Seconds} s", stage.PadRight(10), $"{seconds, 7:0.000}");
        }

        var beside = medians.Where(m => m.Key != "build").Sum(m => m.Value);
        Log.Information(
            "  {Stage}{Seconds} s   pull, create, start with a published port, first healthy probe, by bare calls",
            "floor".PadRight(10),
            $"{floor, 7:0.000}"
        );
        Log.Information(
            "  pull + switch: {Ratio} times the floor",
            $"{(medians["pull"] + medians["switch"]) / floor:0.00}"
        );
        Log.Information("  all beside the build: {Ratio} times the floor", $"{beside / floor:0.00}");
        Log.Information("  Builder and host share one engine: no layer is copied by a pull on either side");
    }

    private async Task<Dictionary<string, double>> DeployAsync(DeployConfig config, CancellationToken cancellation)
    {
        await ChangeCodeAsync(cancellation);
        var times = new Dictionary<string, double>();
        await using var composition = Compose(config);
        await using var deployment = new Deployment(
            composition.Services,
            new DeploymentRequest
            {
                Config = config,
                Version = $"{version}",
                Performer = "benchmark",
                ProjectFolder = root,
            }
        );
        await TimeAsync(times, "look", () => deployment.LookAsync(cancellation));
        var built = await TimeAsync(
            times,
            "build",
            () => deployment.BuildAsync(new Silence<BuildProgress>(), cancellation)
        );
        var pushed = await TimeAsync(
            times,
            "push",
            () => deployment.PushAsync(built, new Silence<LayerProgress>(), cancellation)
        );
        var prepared = await TimeAsync(times, "pull", () => deployment.PrepareAsync(pushed, cancellation));
        var switched = await TimeAsync(times, "switch", () => deployment.SwitchAsync(prepared, cancellation));
        await TimeAsync(
            times,
            "cleanup",
            async () =>
            {
                await deployment.CleanUpAsync(switched, cancellation);
                return true;
            }
        );
        return times;
    }

    /// <summary>The least that any tool must do, once the image stands in the registry.</summary>
    private async Task<double> FloorAsync(DeployConfig config, CancellationToken cancellation)
    {
        await ChangeCodeAsync(cancellation);
        await using var composition = Compose(config);
        var services = composition.Services;
        var engine = await services.BuildEngine(cancellation);
        var image = $"{Service}:{version}";
        var builder = await services.Builder(cancellation);
        await builder.BuildAsync(new BuildRequest { ContextDirectory = context, Tags = [image] }, null, cancellation);
        var repository = $"{await services.Registry.StartAsync(cancellation)}/{Service}";
        var digest = await engine.PushAsync(image, $"{repository}:{version}", null, null, cancellation);
        var port = FreePort();
        var spec = new ContainerSpec
        {
            Name = $"{Service}-floor",
            Image = image,
            Network = Machine.Network,
            PublishedPorts = [$"127.0.0.1:{port}:3000"],
        };
        try
        {
            var start = Stopwatch.GetTimestamp();
            await engine.PullAsync($"{repository}@{digest}", image, null, null, cancellation);
            await engine.CreateAsync(spec, cancellation);
            await engine.StartAsync(spec.Name, cancellation);
            await FirstAnswerAsync(new Uri($"http://127.0.0.1:{port}/up"), cancellation);
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        finally
        {
            await engine.RemoveAsync(spec.Name, CancellationToken.None);
            await engine.RemoveImageAsync($"{repository}:{version}", CancellationToken.None);
        }
    }

    private static async Task FirstAnswerAsync(Uri url, CancellationToken cancellation)
    {
        using var client = new HttpClient();
        while (true)
        {
            try
            {
                using var answer = await client.GetAsync(url, cancellation);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Not yet listening: ask again.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, cancellation);
        }
    }

    private static async Task<T> TimeAsync<T>(Dictionary<string, double> times, string stage, Func<Task<T>> run)
    {
        var start = Stopwatch.GetTimestamp();
        var result = await run();
        times[stage] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return result;
    }

    private Composition Compose(DeployConfig config) => new(settings, config, Machine, new Silent());

    private DeployConfig Config(int port) =>
        new()
        {
            Service = Service,
            Image = Service,
            Builder = new BuilderConfig { Context = context, Dockerfile = Path.Combine(context, "Dockerfile") },
            // The old release is stopped at once, as a local deploy has it: a bake window is a wait that was asked for.
            Bake = new BakeConfig { Window = TimeSpan.Zero },
            ProxyRun = new ProxyRunConfig { HttpPort = port, BindIps = ["127.0.0.1"] },
            Roles =
            [
                new RoleConfig
                {
                    Name = "web",
                    Hosts = [new HostConfig { Name = HostConfig.LocalName }],
                    Proxy = new ProxyConfig { AppPort = 3000 },
                },
            ],
        };

    private void CopyContext()
    {
        if (Directory.Exists(context))
        {
            Directory.Delete(context, recursive: true);
        }

        var source = Path.Combine(root, "artifacts", "gocatest");
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(context, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    private Task ChangeCodeAsync(CancellationToken cancellation) =>
        File.WriteAllTextAsync(Path.Combine(context, "app", "change.txt"), $"{++version}", cancellation);

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private sealed class Silence<T> : IProgress<T>
    {
        public void Report(T value) { }
    }

    private sealed class Silent : IRolloutObserver
    {
        public void Report(RolloutEvent happened) { }
    }
}
