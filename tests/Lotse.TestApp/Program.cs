using Lotse.TestApp;

var settings = AppSettings.Read(Environment.GetEnvironmentVariable);
var time = TimeProvider.System;

if (settings.Does(Misbehaviour.ExitAtOnce))
{
    await Console.Error.WriteLineAsync("cannot start: told to exit at once");
    return ExitCodes.AtOnce;
}

if (settings.Does(Misbehaviour.OutOfMemory))
{
    return MemoryHog.GrowUntilKilled();
}

await Task.Delay(settings.SlowStart, time);

var app = TestApplication.Build(args, settings, time);
await app.RunAsync();
return Environment.ExitCode;
