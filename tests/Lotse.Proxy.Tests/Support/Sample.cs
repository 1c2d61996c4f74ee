using Lotse.Proxy.Contract;

namespace Lotse.Proxy.Tests.Support;

/// <summary>Commands with the options that tests want: short times, and the sample target's health path.</summary>
internal static class Sample
{
    public static readonly ServiceOptions Options = new()
    {
        HealthCheckPath = "/up",
        HealthCheckInterval = TimeSpan.FromMilliseconds(50),
        DeployTimeout = TimeSpan.FromSeconds(20),
        DrainTimeout = TimeSpan.FromSeconds(20),
    };

    public static StageCommand Stage(string service, string target, ServiceOptions? options = null) =>
        new(service, target, options ?? Options);

    public static DeployCommand Deploy(string service, string target, ServiceOptions? options = null) =>
        new(service, target, options ?? Options);

    public static DrainCommand Drain(string service, TimeSpan? timeout = null) =>
        new(service, timeout ?? Options.DrainTimeout);
}
