using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using Lotse.Nuke.Deployments;
using Serilog;

/// <summary>
/// The edge proxy, nginx and HAProxy in front of the same small answer, on loopback, in one run, each with its access log on and connections to the
/// backend kept: requests a second, median and 99th percentile, and resident memory. Rounds take turns, so that what else the machine does hits all alike.
/// </summary>
sealed partial class ProxyBenchmark(string root)
{
    private const int Rounds = 3;
    private static readonly string[] Needed = ["wrk", "nginx", "haproxy"];
    private readonly string folder = Directory.CreateTempSubdirectory("lotse-benchmark-").FullName;
    private readonly List<Process> processes = [];

    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            if (Needed.Where(p => !Has(p)).ToList() is { Count: > 0 } missing)
            {
                // Not installed from here: nginx's package would start it on port 80.
                Log.Warning(
                    "The proxies were not compared, for want of {Missing}: `apt-get install wrk nginx-light haproxy`",
                    string.Join(", ", missing)
                );
                return;
            }

            var backend = await StartBackendAsync(cancellation);
            var proxies = new List<(string Name, int Port, Process Process)>();
            proxies.Add(await StartLotseAsync(backend, cancellation));
            proxies.Add(await StartNginxAsync(backend, cancellation));
            proxies.Add(await StartHaproxyAsync(backend, cancellation));

            var results = proxies.ToDictionary(p => p.Name, _ => new List<Result>());
            for (var round = 0; round < Rounds; round++)
            {
                foreach (var proxy in proxies)
                {
                    results[proxy.Name].Add(await MeasureAsync(proxy.Port, cancellation));
                }
            }

            Print(proxies, results);
        }
        finally
        {
            processes.ForEach(Kill);
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Print(
        List<(string Name, int Port, Process Process)> proxies,
        Dictionary<string, List<Result>> results
    )
    {
        var nginx = DeployBenchmark.Median(results["nginx"].Select(r => r.PerSecond));
        Log.Information("Proxies, 32 connections, small answer, access logs on, median of {Rounds}:", Rounds);
        Log.Information(
            "  {Header}",
            $"{"", -12}{"requests/s", 12}{"p50 ms", 10}{"p99 ms", 10}{"MiB", 8}{"of nginx", 10}"
        );
        foreach (var (name, _, process) in proxies)
        {
            var perSecond = DeployBenchmark.Median(results[name].Select(r => r.PerSecond));
            var p50 = DeployBenchmark.Median(results[name].Select(r => r.P50));
            var p99 = DeployBenchmark.Median(results[name].Select(r => r.P99));
            var line = string.Create(
                CultureInfo.InvariantCulture,
                $"{name, -12}{perSecond, 12:0}{p50, 10:0.00}{p99, 10:0.00}{Memory(process.Id), 8:0.0}{perSecond / nginx, 10:0.00}"
            );
            Log.Information("  {Line}", line);
        }
    }

    private async Task<int> StartBackendAsync(CancellationToken cancellation)
    {
        var port = DeployBenchmark.FreePort();
        var body = new string('x', 200);
        var file = Write(
            "backend.conf",
            $$"""
            daemon off; worker_processes 1; pid {{folder}}/backend.pid; error_log {{folder}}/backend.err;
            events { worker_connections 1024; }
            http { access_log off; keepalive_requests 1000000; server { listen 127.0.0.1:{{port}}; location / { return 200 "{{body}}"; } } }
            """
        );
        Start("nginx", "-c", file);
        await ListeningAsync(port, cancellation);
        return port;
    }

    private async Task<(string, int, Process)> StartLotseAsync(int backend, CancellationToken cancellation)
    {
        var folderOfProgram = await new ProxyCompiler(root).CompileAsync(new Said(), cancellation);
        var program = Path.Combine(folderOfProgram, "lotse-proxy");
        var port = DeployBenchmark.FreePort();
        var state = Path.Combine(folder, "state");
        Directory.CreateDirectory(state);
        var command =
            $"exec {program} run --http-port={port} --state-dir={state} --socket={state}/control.sock > {folder}/lotse.log 2>&1";
        var process = Start("/bin/sh", "-c", command);
        await ListeningAsync(port, cancellation);
        var deploy = new ProcessStartInfo(
            program,
            [
                "deploy",
                "app",
                $"--target=127.0.0.1:{backend}",
                "--health-check-path=/",
                $"--socket={state}/control.sock",
            ]
        );
        deploy.RedirectStandardOutput = true;
        using var deployed = Process.Start(deploy)!;
        await deployed.WaitForExitAsync(cancellation);
        return deployed.ExitCode == 0
            ? ("lotse-proxy", port, process)
            : throw new InvalidOperationException($"lotse-proxy deploy ended with {deployed.ExitCode}.");
    }

    private async Task<(string, int, Process)> StartNginxAsync(int backend, CancellationToken cancellation)
    {
        var port = DeployBenchmark.FreePort();
        var file = Write(
            "nginx.conf",
            $$"""
            daemon off; worker_processes 2; pid {{folder}}/nginx.pid; error_log {{folder}}/nginx.err;
            events { worker_connections 1024; }
            http {
              access_log {{folder}}/nginx.log; keepalive_requests 1000000;
              upstream app { server 127.0.0.1:{{backend}}; keepalive 64; keepalive_requests 1000000; }
              server { listen 127.0.0.1:{{port}}; location / { proxy_pass http://app; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $host; } }
            }
            """
        );
        var process = Start("nginx", "-c", file);
        await ListeningAsync(port, cancellation);
        return ("nginx", port, process);
    }

    private async Task<(string, int, Process)> StartHaproxyAsync(int backend, CancellationToken cancellation)
    {
        var port = DeployBenchmark.FreePort();
        var file = Write(
            "haproxy.cfg",
            $"""
            global
              nbthread 2
              log stdout format raw local0
            defaults
              mode http
              log global
              option httplog
              timeout connect 5s
              timeout client 30s
              timeout server 30s
            listen app
              bind 127.0.0.1:{port}
              server one 127.0.0.1:{backend}

            """
        );
        var process = Start("/bin/sh", "-c", $"exec haproxy -f {file} > {folder}/haproxy.log 2>&1");
        await ListeningAsync(port, cancellation);
        return ("haproxy", port, process);
    }

    private static async Task<Result> MeasureAsync(int port, CancellationToken cancellation)
    {
        var info = new ProcessStartInfo("wrk", ["-t2", "-c32", "-d5s", "--latency", $"http://127.0.0.1:{port}/"])
        {
            RedirectStandardOutput = true,
        };
        using var wrk = Process.Start(info)!;
        var output = await wrk.StandardOutput.ReadToEndAsync(cancellation);
        await wrk.WaitForExitAsync(cancellation);
        return Result.Parse(output);
    }

    private static async Task ListeningAsync(int port, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        while (true)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync("127.0.0.1", port, linked.Token);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, linked.Token);
            }
        }
    }

    /// <summary>
    /// Resident memory in MiB, of the process and its children: nginx answers from its workers. What they share counts once (Pss, proc_pid_smaps(5)).
    /// </summary>
    private static double Memory(int process)
    {
        var children = File.ReadAllText($"/proc/{process}/task/{process}/children")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(c => int.Parse(c, CultureInfo.InvariantCulture));
        return children.Prepend(process).Sum(Resident) / 1024.0;
    }

    private static long Resident(int process) =>
        File.ReadLines($"/proc/{process}/smaps_rollup")
            .Where(l => l.StartsWith("Pss:", StringComparison.Ordinal))
            .Select(l => long.Parse(Digits().Match(l).Value, CultureInfo.InvariantCulture))
            .FirstOrDefault();

    private static bool Has(string program) =>
        (Environment.GetEnvironmentVariable("PATH") + ":/usr/sbin")
            .Split(':')
            .Any(f => File.Exists(Path.Combine(f, program)));

    private static void Kill(Process process)
    {
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
        process.Dispose();
    }

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Digits();

    private string Write(string name, string text)
    {
        var file = Path.Combine(folder, name);
        File.WriteAllText(file, text);
        return file;
    }

    private Process Start(string program, params string[] arguments)
    {
        var process = Process.Start(new ProcessStartInfo(program, arguments))!;
        processes.Add(process);
        return process;
    }

    private sealed class Said : IProgress<string>
    {
        public void Report(string value) => Log.Information("{Message}", value);
    }

    /// <summary>What wrk measured.</summary>
    private sealed partial record Result(double PerSecond, double P50, double P99)
    {
        public static Result Parse(string output)
        {
            if (Failed().IsMatch(output))
            {
                throw new InvalidOperationException($"wrk saw failed requests, so the numbers mean nothing:\n{output}");
            }

            return new Result(
                double.Parse(PerSecondLine().Match(output).Groups[1].Value, CultureInfo.InvariantCulture),
                Milliseconds(output, "50%"),
                Milliseconds(output, "99%")
            );
        }

        private static double Milliseconds(string output, string percentile)
        {
            var match = Regex.Match(output, $@"{percentile}\s+([0-9.]+)(us|ms|s)");
            var number = double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
            return match.Groups[2].Value switch
            {
                "us" => number / 1000,
                "s" => number * 1000,
                _ => number,
            };
        }

        [GeneratedRegex(@"Requests/sec:\s+([0-9.]+)")]
        private static partial Regex PerSecondLine();

        [GeneratedRegex("Non-2xx|Socket errors")]
        private static partial Regex Failed();
    }
}
