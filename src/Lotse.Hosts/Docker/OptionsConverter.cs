using System.Collections.Immutable;
using System.Globalization;
using Docker.DotNet.Models;
using Lotse.Planning.Containers;

namespace Lotse.Hosts.Docker;

/// <summary>Puts <c>options:</c> into the engine's request. They were validated by <see cref="ContainerOptions"/> before.</summary>
internal static class OptionsConverter
{
    public static void Apply(
        ImmutableSortedDictionary<string, ImmutableArray<string>> options,
        CreateContainerParameters request
    )
    {
        foreach (var (name, values) in options)
        {
            foreach (var value in values)
            {
                Apply(name, value, request, request.HostConfig);
            }
        }
    }

    private static void Apply(string name, string value, CreateContainerParameters request, HostConfig host)
    {
        Action apply = name switch
        {
            "memory" => () => host.Memory = Bytes(value),
            "memory-swap" => () => host.MemorySwap = value == "-1" ? -1 : Bytes(value),
            "memory-reservation" => () => host.MemoryReservation = Bytes(value),
            "shm-size" => () => host.ShmSize = Bytes(value),
            "cpus" => () => host.NanoCPUs = (long)(decimal.Parse(value, CultureInfo.InvariantCulture) * 1_000_000_000),
            "cpu-shares" => () => host.CPUShares = long.Parse(value, CultureInfo.InvariantCulture),
            "pids-limit" => () => host.PidsLimit = long.Parse(value, CultureInfo.InvariantCulture),
            "init" => () => host.Init = ContainerOptions.IsOn(value),
            "read-only" => () => host.ReadonlyRootfs = ContainerOptions.IsOn(value),
            "user" => () => request.User = value,
            "hostname" => () => request.Hostname = value,
            "workdir" => () => request.WorkingDir = value,
            "entrypoint" => () => request.Entrypoint = [value],
            "stop-signal" => () => request.StopSignal = value,
            "cap-add" => () => (host.CapAdd ??= []).Add(value),
            "cap-drop" => () => (host.CapDrop ??= []).Add(value),
            "add-host" => () => (host.ExtraHosts ??= []).Add(value),
            "dns" => () => (host.DNS ??= []).Add(value),
            "security-opt" => () => (host.SecurityOpt ??= []).Add(value),
            "tmpfs" => () => AddPair(host.Tmpfs ??= new Dictionary<string, string>(), value, ':'),
            "sysctl" => () => AddPair(host.Sysctls ??= new Dictionary<string, string>(), value, '='),
            _ => throw new InvalidOperationException($"Option '{name}' was not validated."),
        };
        apply();
    }

    private static long Bytes(string value) => ContainerOptions.TryBytes(value, out var bytes) ? bytes : 0;

    private static void AddPair(IDictionary<string, string> pairs, string value, char separator)
    {
        var parts = value.Split(separator, 2);
        pairs[parts[0]] = parts.Length > 1 ? parts[1] : "";
    }
}
