using System.Collections.Immutable;
using System.Globalization;
using Docker.DotNet.Models;
using Lotse.Execution.Ports;
using Lotse.Planning.Containers;
using Lotse.Planning.Observed;
using ContainerSpec = Lotse.Planning.Containers.ContainerSpec;
using ContainerState = Lotse.Planning.Observed.ContainerState;
using ContainerStatus = Lotse.Execution.Ports.ContainerStatus;

namespace Lotse.Hosts.Docker;

/// <summary>Our words to the engine's and back. Pure.</summary>
internal static class ContainerConverter
{
    public static CreateContainerParameters ToRequest(ContainerSpec spec)
    {
        var host = new HostConfig
        {
            Binds = [.. spec.Volumes],
            PortBindings = PortBindings(spec.PublishedPorts),
            RestartPolicy = Restart(spec.Restart),
            NetworkMode = spec.Network,
        };
        if (spec.LogDriver is not null)
        {
            host.LogConfig = new LogConfig { Type = spec.LogDriver, Config = spec.LogOptions.ToDictionary() };
        }

        var request = new CreateContainerParameters
        {
            Name = spec.Name,
            Image = spec.Image,
            Cmd = spec.Command.IsEmpty ? null : [.. spec.Command],
            Env = [.. spec.Environment.Select(v => $"{v.Name}={v.Secret?.Unwrap() ?? v.Clear}")],
            Labels = spec.Labels.ToDictionary(),
            Tty = spec.IsInteractive,
            OpenStdin = spec.IsInteractive,
            HostConfig = host,
            ExposedPorts = spec
                .PublishedPorts.Select(ContainerPort)
                .Distinct()
                .ToDictionary(p => p, _ => default(EmptyStruct)),
            Healthcheck = HealthCheck(spec.HealthCheck),
            NetworkingConfig = Networking(spec),
        };
        OptionsConverter.Apply(spec.Options, request);
        return request;
    }

    public static LabelledContainer ToLabelled(ContainerListResponse answer)
    {
        var labels = answer.Labels?.ToImmutableDictionary() ?? ImmutableDictionary<string, string>.Empty;
        var container = new ObservedContainer
        {
            Id = answer.ID,
            Name = answer.Names.FirstOrDefault()?.TrimStart('/') ?? answer.ID,
            Role =
                labels.GetValueOrDefault(ContainerLabels.Accessory)
                ?? labels.GetValueOrDefault(ContainerLabels.Role, ""),
            Version = labels.GetValueOrDefault(ContainerLabels.Version, ""),
            Fingerprint = labels.GetValueOrDefault(ContainerLabels.Fingerprint, ""),
            Rollout = labels.GetValueOrDefault(ContainerLabels.Rollout, ""),
            State = ToState(answer.State),
            CreatedAt = new DateTimeOffset(DateTime.SpecifyKind(answer.Created, DateTimeKind.Utc)),
            Image = answer.Image,
            PublishedPorts = [.. (answer.Ports ?? []).Select(p => (int)p.PublicPort).Where(p => p != 0).Distinct()],
        };
        return new LabelledContainer(container, labels);
    }

    public static ContainerStatus ToStatus(ContainerInspectResponse answer) =>
        new()
        {
            Id = answer.ID,
            State = ToState(answer.State.Status),
            ExitCode = (int)answer.State.ExitCode,
            OutOfMemory = answer.State.OOMKilled,
            RestartCount = answer.RestartCount,
            Error = answer.State.Error ?? "",
            Health = answer.State.Health?.Status ?? "none",
            HealthOutput = answer.State.Health?.Log?.LastOrDefault()?.Output ?? "",
            StartedAt = DateTimeOffset.TryParse(answer.State.StartedAt, out var at) && at.Year > 1 ? at : null,
            MemoryLimit = answer.HostConfig?.Memory ?? 0,
            Volumes =
            [
                .. (answer.Mounts ?? [])
                    .Where(m => m.Type == "volume")
                    .Select(m => new ContainerVolume(m.Name, m.Destination)),
            ],
        };

    private static ContainerState ToState(string state) =>
        state switch
        {
            "created" => ContainerState.Created,
            "running" => ContainerState.Running,
            "restarting" => ContainerState.Restarting,
            "paused" => ContainerState.Paused,
            "exited" => ContainerState.Exited,
            _ => ContainerState.Dead,
        };

    private static RestartPolicy Restart(string policy)
    {
        var parts = policy.Split(':', 2);
        return new RestartPolicy
        {
            Name = parts[0] switch
            {
                "always" => RestartPolicyKind.Always,
                "unless-stopped" => RestartPolicyKind.UnlessStopped,
                "on-failure" => RestartPolicyKind.OnFailure,
                _ => RestartPolicyKind.No,
            },
            MaximumRetryCount = parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0,
        };
    }

    private static NetworkingConfig? Networking(ContainerSpec spec) =>
        spec.Network is null || spec.NetworkAliases.IsEmpty
            ? null
            : new NetworkingConfig
            {
                EndpointsConfig = new Dictionary<string, EndpointSettings>
                {
                    [spec.Network] = new EndpointSettings { Aliases = [.. spec.NetworkAliases] },
                },
            };

    private static HealthConfig? HealthCheck(ContainerHealthCheck? check) =>
        check is null
            ? null
            : new HealthConfig
            {
                Test = ["CMD-SHELL", check.Command],
                Interval = check.Interval,
                Timeout = check.Timeout,
                Retries = check.Retries,
            };

    private static Dictionary<string, IList<PortBinding>> PortBindings(ImmutableArray<string> ports)
    {
        var bindings = new Dictionary<string, IList<PortBinding>>();
        foreach (var port in ports)
        {
            var container = ContainerPort(port);
            var published = PublishedPart(port);
            var colon = published.LastIndexOf(':');
            var binding = new PortBinding
            {
                HostIP = colon < 0 ? "" : published[..colon].Trim('[', ']'),
                HostPort = colon < 0 ? published : published[(colon + 1)..],
            };
            if (!bindings.TryGetValue(container, out var list))
            {
                bindings[container] = list = [];
            }

            list.Add(binding);
        }

        return bindings;
    }

    private static string ContainerPort(string port)
    {
        var container = port[(port.LastIndexOf(':') + 1)..];
        return container.Contains('/', StringComparison.Ordinal) ? container : $"{container}/tcp";
    }

    private static string PublishedPart(string port) =>
        port.LastIndexOf(':') is var colon && colon < 0 ? "" : port[..colon];
}
