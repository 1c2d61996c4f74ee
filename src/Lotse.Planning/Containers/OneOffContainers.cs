using System.Collections.Immutable;
using Lotse.Configuration;

namespace Lotse.Planning.Containers;

/// <summary>A command that is to run in a container of its own.</summary>
public sealed record OneOffRequest
{
    /// <summary>The configuration, with its secrets.</summary>
    public required DeployConfig Config { get; init; }

    /// <summary>The role whose environment, volumes and limits it gets.</summary>
    public required RoleConfig Role { get; init; }

    /// <summary>The host it runs on.</summary>
    public required HostConfig Host { get; init; }

    /// <summary>The release whose image it runs.</summary>
    public required Release Release { get; init; }

    /// <summary>The whole command, as a shell would read it.</summary>
    public required string Command { get; init; }

    /// <summary>What for: <see cref="ContainerLabels.Migration"/> or <see cref="ContainerLabels.Exec"/>.</summary>
    public required string Purpose { get; init; }

    /// <summary>Tells it from others of its kind.</summary>
    public required string Id { get; init; }

    /// <summary>The names of what the machine's services share.</summary>
    public MachineNames Machine { get; init; } = MachineNames.Default;

    /// <summary>Whether a person sits at it.</summary>
    public bool IsInteractive { get; init; }
}

/// <summary>Specifies containers that run one command and go. Pure.</summary>
public static class OneOffContainers
{
    /// <summary>
    /// The container: as the role's own, but for its command, and without published ports, restarts and labels of the role, so that it is never taken for a
    /// container of a release. Its log is kept where it can be read.
    /// </summary>
    public static ContainerSpec For(OneOffRequest request)
    {
        var config = request.Config;
        var words = ShellWords.Split(request.Command);
        var name = Names.OneOff(
            config.Service,
            request.Purpose,
            config.Destination,
            request.Release.Version,
            request.Id
        );
        return new ContainerSpec
        {
            Name = name,
            Image = request.Release.ImageName,
            Command = [.. words.Skip(1)],
            Environment = ContainerSpecs.EnvironmentOf(config, request.Role, request.Host, request.Release, name),
            Labels = Labels(request),
            Network = request.Machine.Network,
            Volumes = config.Volumes,
            Restart = "no",
            LogDriver = "json-file",
            Options = request.Role.Options.Remove("publish").SetItem("entrypoint", [words[0]]),
            IsInteractive = request.IsInteractive,
        };
    }

    private static ImmutableSortedDictionary<string, string> Labels(OneOffRequest request) =>
        ImmutableSortedDictionary<string, string>
            .Empty.Add(ContainerLabels.Owner, request.Config.Service)
            .Add(ContainerLabels.Destination, request.Config.Destination ?? "")
            .Add(ContainerLabels.Role, request.Role.Name)
            .Add(ContainerLabels.Version, request.Release.Version)
            .Add(ContainerLabels.OneOff, request.Purpose)
            .Add(ContainerLabels.Rollout, request.Id);
}
