using System.Net.Sockets;
using System.Reflection;
using System.Text.Json;
using Lotse.Proxy.Commands;
using Lotse.Proxy.Contract;

if (args is ["help" or "--help" or "-h", ..] or [_, "--help" or "-h"])
{
    Console.WriteLine(HelpText.All);
    return 0;
}

try
{
    var command = ProxyCommand.Parse(args);
    switch (command)
    {
        case RunCommand run:
            return await ProxyServer.RunAsync(run, TimeProvider.System);
        case VersionCommand:
            var version = new VersionResult(Assembly.GetExecutingAssembly().GetName().Version?.ToString(3) ?? "0.0.0");
            Console.WriteLine(
                command.Json ? JsonSerializer.Serialize(version, ContractJson.Default.VersionResult) : version.Version
            );
            return 0;
        case SocketsCommand:
            var sockets = ListeningSockets.Read();
            Console.WriteLine(
                command.Json
                    ? JsonSerializer.Serialize(sockets, ContractJson.Default.SocketsResult)
                    : AnswerText.Of(sockets)
            );
            return 0;
        default:
            return await ControlClient.SendAsync(command, Console.Out, Console.Error);
    }
}
catch (UsageException misuse)
{
    Console.Error.WriteLine(misuse.Message);
    return 2;
}
catch (Exception failed) when (failed is IOException or SocketException or UnauthorizedAccessException)
{
    // A port that is taken or not allowed, a folder that cannot be written.
    Console.Error.WriteLine(failed.Message);
    return 1;
}
