namespace Lotse.Proxy.Contract;

/// <summary>How each command is read.</summary>
internal static class CommandTable
{
    /// <summary>kamal-proxy's flags beside <c>--tls</c>: without it they mean nothing there, and nothing here.</summary>
    private static readonly string[] CertificateFlags =
    [
        "tls-certificate-path",
        "tls-private-key-path",
        "tls-acme-cache-path",
        "tls-on-demand-url",
        "tls-staging",
        "tls-redirect",
    ];

    public static readonly Dictionary<string, (int Words, Func<ArgumentReader, ProxyCommand> Read)> Readers = new(
        StringComparer.Ordinal
    )
    {
        ["run"] = (0, ReadRun),
        ["deploy"] = (1, r => new DeployCommand(Service(r), Target(r), Options(r))),
        ["stage"] = (1, r => new StageCommand(Service(r), Target(r), Options(r))),
        ["switch"] = (1, r => new SwitchCommand(Service(r)) { Target = TargetIfAny(r) }),
        ["revert"] = (1, r => new RevertCommand(Service(r)) { Target = TargetIfAny(r) }),
        ["abort"] = (1, r => new AbortCommand(Service(r)) { Target = TargetIfAny(r) }),
        ["drain"] = (1, r => new DrainCommand(Service(r), DrainTimeout(r)) { Target = TargetIfAny(r) }),
        ["pause"] = (
            1,
            r => new PauseCommand(Service(r), DrainTimeout(r), r.Duration("max-pause", PauseCommand.DefaultMaxPause))
        ),
        ["stop"] = (1, r => new StopCommand(Service(r), DrainTimeout(r), r.Text("message") ?? "")),
        ["resume"] = (1, r => new ResumeCommand(Service(r))),
        ["remove"] = (1, r => new RemoveCommand(Service(r))),
        ["list"] = (0, _ => new ListCommand()),
        ["version"] = (0, _ => new VersionCommand()),
        ["sockets"] = (0, _ => new SocketsCommand()),
    };

    private static string Service(ArgumentReader read)
    {
        var service = read.Word("a service's name");
        return Names.IsService(service)
            ? service
            : throw new UsageException(
                $"'{service}' is no service's name: letters, digits, '-', '_' and '.', at most 128, not '-' or '.' first."
            );
    }

    private static ServiceOptions Options(ArgumentReader read)
    {
        foreach (var certificateFlag in CertificateFlags)
        {
            read.Text(certificateFlag);
        }

        return read.Switch("tls", false)
            ? throw new UsageException(
                "--tls is not supported yet: leave it out, and put a proxy that holds the certificate in front."
            )
            : ServiceOptions.Read(read);
    }

    private static TimeSpan DrainTimeout(ArgumentReader read) =>
        read.Duration("drain-timeout", DrainCommand.DefaultTimeout, isZeroFine: true);

    private static string Target(ArgumentReader read) =>
        TargetIfAny(read) ?? throw new UsageException("The command needs --target=HOST:PORT.");

    private static string? TargetIfAny(ArgumentReader read)
    {
        var target = read.Text("target");
        return target is null || Names.IsTarget(target)
            ? target
            : throw new UsageException($"--target is HOST:PORT, not '{target}'.");
    }

    private static RunCommand ReadRun(ArgumentReader read) =>
        new()
        {
            HttpPort = (int)read.Number("http-port", 80, 65535),
            HttpsPort = (int)read.Number("https-port", 443, 65535),
            StateFolder = read.Text("state-dir") ?? RunCommand.DefaultStateFolder,
            AccessLog = read.Switch("access-log", true),
        };
}
