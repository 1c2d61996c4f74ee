using System.Globalization;

namespace Lotse.Proxy.Contract;

/// <summary>
/// A command of the edge proxy as data: the proxy parses it from its argv, and who drives the proxy writes it to argv. Names are kamal-proxy's where it
/// has the command; <c>stage</c>, <c>switch</c>, <c>revert</c>, <c>abort</c> and <c>drain</c> are the parts of its <c>deploy</c>.
/// </summary>
public abstract record ProxyCommand
{
    /// <summary>The command's name.</summary>
    public abstract string Name { get; }

    /// <summary>Whether the result is printed as one line of JSON.</summary>
    public bool Json { get; init; }

    /// <summary>The control socket's path; null takes <c>control.sock</c> in the state folder (of clients: in the default one).</summary>
    public string? Socket { get; init; }

    /// <summary>The argv after the program's name.</summary>
    public IReadOnlyList<string> ToArguments() =>
        [
            Name,
            .. Arguments(),
            .. Socket is null ? Array.Empty<string>() : [$"--socket={Socket}"],
            .. Json ? ["--json"] : Array.Empty<string>(),
        ];

    /// <summary>Parses an argv (without the program's name).</summary>
    /// <exception cref="UsageException">It is no command of the proxy.</exception>
    public static ProxyCommand Parse(IReadOnlyList<string> arguments)
    {
        if (arguments.Count == 0 || !CommandTable.Readers.TryGetValue(arguments[0], out var entry))
        {
            var names = string.Join(", ", CommandTable.Readers.Keys);
            throw new UsageException(
                arguments.Count == 0
                    ? $"Which command? There are {names}."
                    : $"Unknown command '{arguments[0]}'.{Suggestion.For(arguments[0], CommandTable.Readers.Keys, "")} There are {names}."
            );
        }

        var read = new ArgumentReader([.. arguments.Skip(1)]);
        var json = read.Switch("json", false);
        var socket = read.Text("socket");
        var command = entry.Read(read);
        read.Finish(entry.Words);
        return command with { Json = json, Socket = socket };
    }

    private protected abstract IEnumerable<string> Arguments();
}

/// <summary>A command about one service.</summary>
/// <param name="Service">The service's name.</param>
public abstract record ServiceCommand(string Service) : ProxyCommand
{
    private protected override IEnumerable<string> Arguments() => [Service];
}

/// <summary>Put a target behind the proxy, without traffic, and wait until it is healthy.</summary>
/// <param name="Service">The service's name.</param>
/// <param name="Target">The target, <c>host:port</c>.</param>
/// <param name="Options">How it is routed, judged and forwarded.</param>
public sealed record StageCommand(string Service, string Target, ServiceOptions Options) : ServiceCommand(Service)
{
    /// <inheritdoc/>
    public override string Name => "stage";

    private protected override IEnumerable<string> Arguments() =>
        [Service, $"--target={Target}", .. Options.ToArguments()];
}

/// <summary>Stage, switch and drain in one.</summary>
/// <param name="Service">The service's name.</param>
/// <param name="Target">The target, <c>host:port</c>.</param>
/// <param name="Options">How it is routed, judged and forwarded.</param>
public sealed record DeployCommand(string Service, string Target, ServiceOptions Options) : ServiceCommand(Service)
{
    /// <inheritdoc/>
    public override string Name => "deploy";

    private protected override IEnumerable<string> Arguments() =>
        [Service, $"--target={Target}", .. Options.ToArguments()];
}

/// <summary>A command about what is staged or has the traffic: whoever names the target is not mistaken about whose it is.</summary>
/// <param name="Service">The service's name.</param>
public abstract record FencedCommand(string Service) : ServiceCommand(Service)
{
    /// <summary>The target that it must be about, <c>host:port</c>; null for any.</summary>
    public string? Target { get; init; }

    private protected override IEnumerable<string> Arguments() =>
        Target is null ? [Service] : [Service, $"--target={Target}"];
}

/// <summary>
/// Move the traffic to the staged target, at once; the old one is kept until it is drained. Refused when another target than <see cref="FencedCommand.Target"/> is
/// staged.
/// </summary>
/// <param name="Service">The service's name.</param>
public sealed record SwitchCommand(string Service) : FencedCommand(Service)
{
    /// <inheritdoc/>
    public override string Name => "switch";
}

/// <summary>
/// Move the traffic back to the previous target; a service that had none goes away. Refused when another target than <see cref="FencedCommand.Target"/> has the
/// traffic.
/// </summary>
/// <param name="Service">The service's name.</param>
public sealed record RevertCommand(string Service) : FencedCommand(Service)
{
    /// <inheritdoc/>
    public override string Name => "revert";
}

/// <summary>Forget the staged target; another one than <see cref="FencedCommand.Target"/> stays.</summary>
/// <param name="Service">The service's name.</param>
public sealed record AbortCommand(string Service) : FencedCommand(Service)
{
    /// <inheritdoc/>
    public override string Name => "abort";
}

/// <summary>
/// Wait until the previous target's in-flight requests have ended, and forget it. Refused when another target than <see cref="FencedCommand.Target"/> has the
/// traffic.
/// </summary>
/// <param name="Service">The service's name.</param>
/// <param name="Timeout">How long; what is in flight then is cut off.</param>
public sealed record DrainCommand(string Service, TimeSpan Timeout) : FencedCommand(Service)
{
    /// <summary>The time unless told otherwise: 30 s.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public override string Name => "drain";

    private protected override IEnumerable<string> Arguments() =>
        [.. base.Arguments(), $"--drain-timeout={Durations.Format(Timeout)}"];
}

/// <summary>Hold the service's requests back: those in flight end, new ones wait until the service is resumed or their time is over.</summary>
/// <param name="Service">The service's name.</param>
/// <param name="DrainTimeout">How long requests in flight may take to end; what is left then is cut off.</param>
/// <param name="MaxPause">How long a request waits before it is answered with 504.</param>
public sealed record PauseCommand(string Service, TimeSpan DrainTimeout, TimeSpan MaxPause) : ServiceCommand(Service)
{
    /// <summary>The longest wait unless told otherwise: 30 s.</summary>
    public static readonly TimeSpan DefaultMaxPause = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public override string Name => "pause";

    private protected override IEnumerable<string> Arguments() =>
        [Service, $"--drain-timeout={Durations.Format(DrainTimeout)}", $"--max-pause={Durations.Format(MaxPause)}"];
}

/// <summary>Answer the service's requests with 503 until it is resumed; those in flight end.</summary>
/// <param name="Service">The service's name.</param>
/// <param name="DrainTimeout">How long requests in flight may take to end; what is left then is cut off.</param>
/// <param name="Message">What the page says, as plain text; empty for the proxy's own sentence.</param>
public sealed record StopCommand(string Service, TimeSpan DrainTimeout, string Message) : ServiceCommand(Service)
{
    /// <inheritdoc/>
    public override string Name => "stop";

    private protected override IEnumerable<string> Arguments() =>
        [Service, $"--drain-timeout={Durations.Format(DrainTimeout)}", $"--message={Message}"];
}

/// <summary>Forward the service's requests again, those that waited first of all.</summary>
/// <param name="Service">The service's name.</param>
public sealed record ResumeCommand(string Service) : ServiceCommand(Service)
{
    /// <inheritdoc/>
    public override string Name => "resume";
}

/// <summary>Remove a service.</summary>
/// <param name="Service">The service's name.</param>
public sealed record RemoveCommand(string Service) : ServiceCommand(Service)
{
    /// <inheritdoc/>
    public override string Name => "remove";
}

/// <summary>List the services and their targets.</summary>
public sealed record ListCommand : ProxyCommand
{
    /// <inheritdoc/>
    public override string Name => "list";

    private protected override IEnumerable<string> Arguments() => [];
}

/// <summary>Print the proxy's version.</summary>
public sealed record VersionCommand : ProxyCommand
{
    /// <inheritdoc/>
    public override string Name => "version";

    private protected override IEnumerable<string> Arguments() => [];
}

/// <summary>Print the TCP ports that listen in this network namespace: run beside another container, it shows what that one serves.</summary>
public sealed record SocketsCommand : ProxyCommand
{
    /// <inheritdoc/>
    public override string Name => "sockets";

    private protected override IEnumerable<string> Arguments() => [];
}

/// <summary>Run the proxy.</summary>
public sealed record RunCommand : ProxyCommand
{
    /// <summary>Where the state lies unless told otherwise.</summary>
    public const string DefaultStateFolder = "/var/lib/lotse-proxy";

    /// <inheritdoc/>
    public override string Name => "run";

    /// <summary>The HTTP port; 0 takes any free one. Default: 80.</summary>
    public int HttpPort { get; init; } = 80;

    /// <summary>The HTTPS port. Accepted and not yet used: certificates are not supported yet. Default: 443.</summary>
    public int HttpsPort { get; init; } = 443;

    /// <summary>The folder of the state and, unless <see cref="ProxyCommand.Socket"/> says otherwise, the control socket. Default: <see cref="DefaultStateFolder"/>.</summary>
    public string StateFolder { get; init; } = DefaultStateFolder;

    /// <summary>Whether requests are logged. Default: true.</summary>
    public bool AccessLog { get; init; } = true;

    private protected override IEnumerable<string> Arguments()
    {
        var write = new ArgumentWriter();
        write.Text("http-port", HttpPort.ToString(CultureInfo.InvariantCulture));
        write.Text("https-port", HttpsPort.ToString(CultureInfo.InvariantCulture));
        write.Text("state-dir", StateFolder);
        write.Switch("access-log", AccessLog, true);
        return write.Arguments;
    }
}
