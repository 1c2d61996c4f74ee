using System.Reflection;
using Lotse.Proxy.Commands;
using Lotse.Proxy.Contract;

// Exit codes: 0 done, 2 misuse, 1 failed.
try
{
    var command = ProxyCommand.Parse(args);
    switch (command)
    {
        case RunCommand run:
            return await ProxyServer.RunAsync(run, TimeProvider.System);
        case VersionCommand:
            Console.WriteLine(Assembly.GetExecutingAssembly().GetName().Version?.ToString(3));
            return 0;
        case SocketsCommand:
            foreach (var address in ListeningSockets.Read())
            {
                Console.WriteLine(address);
            }

            return 0;
        default:
            var folder = Environment.GetEnvironmentVariable("LOTSE_PROXY_STATE") ?? RunCommand.DefaultStateFolder;
            return await ControlClient.SendAsync(command, folder, Console.Out, Console.Error);
    }
}
catch (UsageException misuse)
{
    Console.Error.WriteLine(misuse.Message);
    return 2;
}
catch (IOException failed)
{
    // A port that is taken, a folder that cannot be written.
    Console.Error.WriteLine(failed.Message);
    return 1;
}
