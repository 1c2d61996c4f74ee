using System.Collections.Immutable;
using Lotse.Configuration;
using Lotse.Execution.Hooks;
using Lotse.Execution.Journals;
using Lotse.Execution.OneOffs;
using Lotse.Execution.Ports;
using Lotse.Planning;
using Lotse.Planning.Containers;
using Lotse.Planning.Observed;
using Lotse.Planning.Planners;

namespace Lotse.Execution.Deployments;

public sealed partial class Operations
{
    /// <summary>
    /// Runs a command on the hosts that were asked for, all at once, and notes it in their audit logs (the program's name alone: its arguments may be secret).
    /// Each line is given with its host.
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
            return [.. await Task.WhenAll(places.Select(h => ExecAsync(request, accessory, h, take, cancellation)))];
        }

        var (role, hosts) = ExecPlace.Find(config, request);
        await HooksOf("app", "exec").RunAsync(HookNames.PreConnect, hosts.Select(h => h.Name), cancellation);
        return [.. await Task.WhenAll(hosts.Select(h => ExecAsync(request, role, h, take, cancellation)))];
    }

    private async Task<ExecResult> ExecAsync(
        ExecRequest request,
        RoleConfig role,
        HostConfig place,
        Action<string, string> take,
        CancellationToken cancellation
    )
    {
        var host = await services.Hosts.ConnectAsync(place.Name, cancellation);
        var observed = (await ObserveAsync([host], cancellation))[host.Name];
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
        var host = await services.Hosts.ConnectAsync(place.Name, cancellation);
        var observed = (await ObserveAsync([host], cancellation))[host.Name];
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
        await Records.AuditAsync(host.Store, entry, CancellationToken.None);
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

        var result = await host.Engine.ExecAsync(container.Name, words, Timeout.InfiniteTimeSpan, cancellation);
        foreach (var line in LinesOf(result.Output).Concat(LinesOf(result.Error)))
        {
            take(host.Name, line);
        }

        return result.ExitCode;
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
        return await GeneratedSecrets.ResolveAsync(config, first, cancellation);
    }

    private static UserException NothingRuns(IHost host, RoleConfig role) =>
        new(
            $"[{host.Name}] nothing of role {role.Name} runs there.",
            "Deploy first, or name a release whose image is there: `--one-off --version VERSION`."
        );

    private static IEnumerable<string> LinesOf(string text) =>
        text.Length == 0 ? [] : text.TrimEnd('\n').Split('\n').Select(l => l.TrimEnd('\r'));
}
