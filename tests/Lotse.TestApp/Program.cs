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

if (args is ["migrate", ..])
{
    Console.WriteLine(
        $"migrating to {settings.Version} as {Environment.GetEnvironmentVariable("KAMAL_CONTAINER_NAME")}"
    );
    return args is [_, "fail"] ? ExitCodes.Migration : 0;
}

if (args is ["work"])
{
    return await Worker.RunAsync();
}

await Task.Delay(settings.SlowStart, time);

var app = TestApplication.Build(args, settings, time);
await app.RunAsync();
return Environment.ExitCode;
