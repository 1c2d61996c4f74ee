using System.Collections.Immutable;
using Lotse.Configuration;
using Lotse.Planning.Containers;
using Lotse.Planning.Observed;
using Lotse.Planning.Planners;

namespace Lotse.Planning.Tests;

/// <summary>Builds what a planner is given, step by step, in a test's words.</summary>
internal sealed class Scenario
{
    private static readonly DateTimeOffset Day = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly List<ObservedContainer> containers = [];
    private readonly List<ObservedContainer> accessories = [];
    private readonly List<PastRelease> history = [];
    private readonly List<string> images = [];
    private readonly List<string> imagesOfOthers = [];
    private readonly List<string> interrupted = [];
    private ProxiedService? route;
    private bool hasProxy;

    public DeployConfig Config { get; set; } =
        new()
        {
            Service = "app",
            Image = "app",
            Roles =
            [
                new RoleConfig
                {
                    Name = "web",
                    Hosts = [new HostConfig { Name = "local" }],
                    Proxy = new ProxyConfig { AppPort = 3000 },
                },
            ],
        };

    public bool IsRollback { get; set; }

    public string? PullReference { get; set; } = "app@sha256:1";

    /// <summary>A container of a version that served, made on that day; its name as planned unless given.</summary>
    public Scenario Served(
        string version,
        int day,
        ContainerState state,
        bool isActive = false,
        string? fingerprint = null
    )
    {
        var container = Container(version, day, state, $"rollout-{day}", fingerprint);
        history.Add(new PastRelease(version, PastReleaseKind.Deployed, Day.AddDays(day), $"rollout-{day}"));
        if (isActive)
        {
            route = new ProxiedService("app-web", $"{container.ShortId}:3000", null, null);
        }

        return this;
    }

    /// <summary>A container of a rollout that has no end in the journal.</summary>
    public Scenario Leftover(string version, int day, ContainerState state = ContainerState.Running)
    {
        interrupted.Add($"rollout-{day}");
        return Unknown(version, day, state);
    }

    /// <summary>A container of which neither journal nor audit log know anything.</summary>
    public Scenario Unknown(string version, int day, ContainerState state)
    {
        Container(version, day, state, $"rollout-{day}", null);
        return this;
    }

    public Scenario Staged()
    {
        route = route! with { Staged = "cccccccccccc:3000" };
        return this;
    }

    public Scenario Undrained()
    {
        route = route! with { Previous = "dddddddddddd:3000" };
        return this;
    }

    /// <summary>An accessory is configured.</summary>
    public Scenario Database()
    {
        var database = new AccessoryConfig
        {
            Name = "db",
            Service = "app-db",
            Image = "postgres:17",
            Hosts = [new HostConfig { Name = "local" }],
        };
        Config = Config with { Accessories = [database] };
        return this;
    }

    public Scenario Proxy()
    {
        hasProxy = true;
        return this;
    }

    public Scenario WithoutRoute()
    {
        route = null;
        return this;
    }

    public Scenario Images(params string[] names)
    {
        images.AddRange(names);
        return this;
    }

    /// <summary>Images that containers of another destination use on the host.</summary>
    public Scenario ImagesOfOthers(params string[] names)
    {
        imagesOfOthers.AddRange(names);
        return this;
    }

    public Scenario Orphan(string role)
    {
        containers.Add(
            new ObservedContainer
            {
                Id = new string('e', 64),
                Name = $"app-{role}-1",
                Role = role,
                Version = "1",
                State = ContainerState.Running,
                Image = "app:1",
            }
        );
        return this;
    }

    public Scenario Accessory(
        ContainerState state,
        string? fingerprint = null,
        string name = "db",
        string suffix = "",
        string? image = null
    )
    {
        var accessory =
            Config.Accessories.FirstOrDefault(a => a.Name == name)
            ?? new AccessoryConfig
            {
                Name = name,
                Service = $"app-{name}",
                Image = $"{name}:1",
                Hosts = [],
            };
        var spec = ContainerSpecs.ForAccessory(Config, accessory, Host());
        accessories.Add(
            new ObservedContainer
            {
                Id = new string('f', 64),
                Name = spec.Name + suffix,
                Role = name,
                State = state,
                Image = image ?? spec.Image,
                Fingerprint = fingerprint ?? spec.Fingerprint,
            }
        );
        return this;
    }

    public Plan Plan(string version) => Planner.Plan(Request(version));

    public string Fingerprint() =>
        ContainerSpecs.ForRole(Request("1"), Config.Roles[0], Config.Roles[0].Hosts[0]).Fingerprint;

    private ObservedContainer Container(
        string version,
        int day,
        ContainerState state,
        string rollout,
        string? fingerprint
    )
    {
        var container = new ObservedContainer
        {
            Id = string.Concat(Enumerable.Repeat(day.ToString("x2", null), 32)),
            Name = $"app-web-{version}",
            Role = "web",
            Version = version,
            Fingerprint = fingerprint ?? Fingerprint(),
            Rollout = rollout,
            State = state,
            CreatedAt = Day.AddDays(day),
            Image = $"app:{version}",
        };
        containers.Add(container);
        return container;
    }

    private PlanRequest Request(string version) =>
        new()
        {
            Config = Config,
            Release = new Release
            {
                Version = version,
                PullReference = PullReference,
                ImageName = $"app:{version}",
            },
            Rollout = "now",
            ProxyImage = "lotse-proxy:1",
            IsRollback = IsRollback,
            Fleet = new ObservedFleet { Hosts = [Host()] },
        };

    private ObservedHost Host() =>
        new()
        {
            Host = "local",
            DataFolder = "/data",
            HasNetwork = hasProxy,
            Containers = [.. containers],
            Accessories = [.. accessories],
            Proxy = hasProxy ? ProxyHere() : null,
            Images = [.. images],
            ImagesOfOthers = [.. imagesOfOthers],
            History = [.. history],
            Interrupted = [.. interrupted],
        };

    private ObservedProxy ProxyHere() =>
        new()
        {
            Container = new ObservedContainer
            {
                Id = new string('a', 64),
                Name = "lotse-proxy",
                Role = "",
                State = ContainerState.Running,
                Image = "lotse-proxy:1",
                Fingerprint = ProxyFingerprint,
            },
            Services = route is null ? [] : [route],
        };

    /// <summary>The proxy's specification depends on the configuration alone.</summary>
    private string ProxyFingerprint =>
        ContainerSpecs
            .ForProxy(
                new PlanRequest
                {
                    Config = Config,
                    Fleet = new ObservedFleet { Hosts = [] },
                    Release = new Release { Version = "1", ImageName = "app:1" },
                    Rollout = "now",
                    ProxyImage = "lotse-proxy:1",
                }
            )
            .Fingerprint;
}
