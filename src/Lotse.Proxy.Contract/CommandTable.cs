namespace Lotse.Proxy.Contract;

/// <summary>How each command is read.</summary>
internal static class CommandTable
{
    public static readonly Dictionary<string, (int Words, Func<ArgumentReader, ProxyCommand> Read)> Readers = new(
        StringComparer.Ordinal
    )
    {
        ["run"] = (0, ReadRun),
        ["deploy"] = (1, r => new DeployCommand(Service(r), Target(r), Options(r))),
        ["stage"] = (1, r => new StageCommand(Service(r), Target(r), Options(r))),
        ["switch"] = (1, r => new SwitchCommand(Service(r))),
        ["revert"] = (1, r => new RevertCommand(Service(r))),
        ["abort"] = (1, r => new AbortCommand(Service(r))),
        ["drain"] = (1, r => new DrainCommand(Service(r), r.Duration("drain-timeout", TimeSpan.FromSeconds(30)))),
        ["remove"] = (1, r => new RemoveCommand(Service(r))),
        ["list"] = (0, _ => new ListCommand()),
        ["version"] = (0, _ => new VersionCommand()),
        ["sockets"] = (0, _ => new SocketsCommand()),
    };

    private static string Service(ArgumentReader read) => read.Word("a service's name");

    private static ServiceOptions Options(ArgumentReader read)
    {
        if (read.Switch("tls", false))
        {
            throw new UsageException("--tls is not supported yet: put a proxy that holds the certificate in front.");
        }

        return ServiceOptions.Read(read);
    }

    private static string Target(ArgumentReader read)
    {
        var target = read.Text("target") ?? throw new UsageException("The command needs --target=HOST:PORT.");
        var colon = target.LastIndexOf(':');
        return colon > 0 && int.TryParse(target[(colon + 1)..], out var port) && port is > 0 and < 65536
            ? target
            : throw new UsageException($"--target is HOST:PORT, not '{target}'.");
    }

    private static RunCommand ReadRun(ArgumentReader read) =>
        new()
        {
            HttpPort = (int)read.Number("http-port", 80, 65535),
            StateFolder = read.Text("state-dir") ?? RunCommand.DefaultStateFolder,
            AccessLog = read.Switch("access-log", true),
        };
}
