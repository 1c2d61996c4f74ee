using System.Runtime.InteropServices;
using Gocatest.Configuration;
using Gocatest.Hosting;
using Gocatest.Logging;

const int Failed = 1;
const int Misuse = 2;

var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);

var reader = new SettingsReader(Environment.GetEnvironmentVariable, Environment.MachineName);
if (reader.Read() is not { } settings)
{
    await Console.Error.WriteLineAsync($"gocatest: {string.Join("; ", reader.Problems)}.");
    return Misuse;
}

var log = new JsonLog(Console.OpenStandardOutput(), TimeProvider.System);
try
{
    await using var instance = await Instance.StartAsync(settings, log, TimeProvider.System);
    log.Write(
        new LogLine
        {
            Level = "info",
            Event = "started",
            Message = $"Notes are in {settings.Database}",
            FrontendPort = instance.FrontendPort,
            BackendPort = instance.BackendPort,
            Version = settings.Version,
            Host = settings.Host,
        }
    );
    await stop.Task;
    log.Info("stopping");
    await instance.StopAsync();
    log.Info("stopped");
    return 0;
}
catch (IOException e)
{
    await Console.Error.WriteLineAsync($"gocatest: cannot listen: {e.Message}");
    return Failed;
}

// The first signal stops in order; a second one is left to the system, which ends the process.
void Stop(PosixSignalContext context) => context.Cancel = stop.TrySetResult();
