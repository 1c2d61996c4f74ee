using System.Collections.Immutable;
using Lotse.Configuration;
using Lotse.Execution.Hooks;
using Lotse.Execution.Journals;
using Lotse.Execution.OneOffs;
using Lotse.Execution.Ports;
using Lotse.Execution.Reporting;
using Lotse.Planning;
using Lotse.Planning.Containers;
using Lotse.Planning.Observed;
using Lotse.Planning.Planners;

namespace Lotse.Execution.Deployments;

public sealed partial class Operations
{
    /// <summary>
    /// Runs a command on the hosts that were asked for, all at once, and notes it in their audit logs (the program's name alone: its arguments may be secret).
    /// Each line is given with its host, as it comes. What is wrong with a host is told in one line and keeps no other from running it.
    /// </summary>
    /// <exception cref="UserException">There is no such role, host, container or image.</exception>
    public async Task<ImmutableArray<ExecResult>> ExecAsync(
        ExecRequest request,
        Action<string, string> take,
        CancellationToken cancellation
    )
    {
        if (request.Accessory is { } accessory)
        {
            var places = ExecPlace.OfAccessory(config, request, accessory);
            await HooksOf("accessory", "exec").RunAsync(HookNames.PreConnect, places.Select(h => h.Name), cancellation);
            return await OnEachAsync(places, h => ExecAsync(request, accessory, h, take, cancellation));
        }

        var (role, hosts) = ExecPlace.Find(config, request);
        await HooksOf("app", "exec", request.Role)
            .RunAsync(HookNames.PreConnect, hosts.Select(h => h.Name), cancellation);
        return await OnEachAsync(hosts, h => ExecAsync(request, role, h, take, cancellation));
    }

    /// <summary>A host that fails counts as one whose command did: what it is, was told then.</summary>
    private async Task<ImmutableArray<ExecResult>> OnEachAsync(
        ImmutableArray<HostConfig> places,
        Func<HostConfig, Task<ExecResult>> run
    )
    {
        if (places is [var only])
        {
            return [await run(only)];
        }

        var group = new HostGroup(services.Observer);
        var results = await group.AskAsync(places, h => h.Name, run);
        return [.. places.Select(h => results.FirstOrDefault(r => r.Host == h.Name) ?? new ExecResult(h.Name, null))];
    }

    private async Task<ExecResult> ExecAsync(
        ExecRequest request,
        RoleConfig role,
        HostConfig place,
        Action<string, string> take,
        CancellationToken cancellation
    )
    {
        var (host, observed) = await SeeAsync(place, cancellation);
        var serving = Serving.ContainerOf(config, observed, role);
        var code = request.IsOneOff
            ? await RunOneOffAsync(request, role, place, host, serving, take, cancellation)
            : await RunInsideAsync(request, host, serving ?? throw NothingRuns(host, role), take, cancellation);
        return await NoteAsync(request, host, serving?.Version, code);
    }

    private async Task<ExecResult> ExecAsync(
        ExecRequest request,
        string accessory,
        HostConfig place,
        Action<string, string> take,
        CancellationToken cancellation
    )
    {
        var (host, observed) = await SeeAsync(place, cancellation);
        var container =
            observed.Accessories.FirstOrDefault(c => c.Role == accessory && c.IsRunning)
            ?? throw new UserException(
                $"[{host.Name}] accessory {accessory} does not run there.",
                $"A deploy starts it; `./build.sh Logs --accessory {accessory}` shows why it ended."
            );
        return await NoteAsync(
            request,
            host,
            version: null,
            await RunInsideAsync(request, host, container, take, cancellation)
        );
    }

    private async Task<Sighted> SeeAsync(HostConfig place, CancellationToken cancellation)
    {
        var host = await services.Hosts.ConnectAsync(place.Name, cancellation);
        await LearnGeneratedSecretsAsync([host], cancellation);
        return new Sighted(host, (await Watching().ObserveUnlessSilentAsync(host, cancellation)).Host);
    }

    private async Task<ExecResult> NoteAsync(ExecRequest request, IHost host, string? version, int code)
    {
        var program = ShellWords.Split(request.Command)[0];
        var entry = new AuditEntry
        {
            At = services.Time.GetUtcNow(),
            Performer = performer,
            Command = request.Accessory is { } accessory ? $"exec in accessory {accessory}" : "exec",
            Version = version,
            Rollout = "",
            Outcome = $"{program} ended with exit code {code}",
        };
        await services.AuditAsync(host, entry, CancellationToken.None);
        return new ExecResult(host.Name, code);
    }

    private async Task<int> RunInsideAsync(
        ExecRequest request,
        IHost host,
        ObservedContainer container,
        Action<string, string> take,
        CancellationToken cancellation
    )
    {
        var words = ShellWords.Split(request.Command);
        if (request.IsInteractive)
        {
            using var session = services.Terminal.Open();
            return await host.Engine.ExecInTerminalAsync(container.Name, words, session, cancellation);
        }

        try
        {
            return await host.Engine.ExecAsync(container.Name, words, line => take(host.Name, line), cancellation);
        }
        catch (OperationCanceledException)
        {
            var text =
                $"{words[0]} may still run in {container.Name}: there it does not end with this command. `docker top {container.Name}` on the host shows it";
            services.Observer.Report(new Warning(host.Name, text));
            throw;
        }
    }

    private async Task<int> RunOneOffAsync(
        ExecRequest request,
        RoleConfig role,
        HostConfig place,
        IHost host,
        ObservedContainer? serving,
        Action<string, string> take,
        CancellationToken cancellation
    )
    {
        var version = request.Version ?? serving?.Version ?? throw NothingRuns(host, role);
        var release = new Release { Version = version, ImageName = $"{config.Image}:{version}" };
        if (!await host.Engine.HasImageAsync(release.ImageName, cancellation))
        {
            throw new UserException(
                $"[{host.Name}] the image {release.ImageName} is not there.",
                "Name a release that is kept on the host with --version (`./build.sh Status` shows them)."
            );
        }

        var spec = OneOffContainers.For(
            new OneOffRequest
            {
                Config = await WithGeneratedSecretsAsync(cancellation),
                Role = role,
                Host = place,
                Release = release,
                Command = request.Command,
                Purpose = ContainerLabels.Exec,
                Id = services.Ids.Next(),
                Machine = services.Machine,
                IsInteractive = request.IsInteractive,
            }
        );
        return request.IsInteractive
            ? await OneOffRun.RunInTerminalAsync(host.Engine, spec, services.Terminal, cancellation)
            : await OneOffRun.RunAsync(host.Engine, spec, line => take(host.Name, line), cancellation);
    }

    /// <summary>Generated secrets are kept on the first of all hosts.</summary>
    private async Task<DeployConfig> WithGeneratedSecretsAsync(CancellationToken cancellation)
    {
        if (config.GeneratedSecrets.IsEmpty)
        {
            return config;
        }

        var first = await services.Hosts.ConnectAsync(HostSet.NamesOf(config)[0], cancellation);
        var complete = await GeneratedSecrets.ResolveAsync(config, [first], cancellation);
        services.Mask.Learn(complete);
        return complete;
    }

    /// <summary>So that they are not shown where they appear in what is read; a host that does not tell is told of by who needs it.</summary>
    private async Task LearnGeneratedSecretsAsync(IEnumerable<IHost> reached, CancellationToken cancellation)
    {
        if (reached.FirstOrDefault(h => h.Name == HostSet.NamesOf(config)[0]) is not { } first)
        {
            return;
        }

        try
        {
            services.Mask.Learn(await GeneratedSecrets.ReadAsync(first, cancellation));
        }
        catch (HostException)
        {
            return;
        }
    }

    private static UserException NothingRuns(IHost host, RoleConfig role) =>
        new(
            $"[{host.Name}] nothing of role {role.Name} runs there.",
            "Deploy first, or name a release whose image is there: `--one-off --version VERSION`."
        );
}
