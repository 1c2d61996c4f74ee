using Lotse.Configuration;
using Lotse.Execution.Ports;
using Lotse.Hosts.Ssh.Access;
using Lotse.Hosts.Tests.Local;

namespace Lotse.Hosts.Tests.Ssh.Access.Live;

/// <summary>A project, a home and an environment of a test's own, so that nothing of this machine's user is read.</summary>
internal sealed class AccessWorld : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public AccessWorld() => Directory.CreateDirectory(Path.Combine(Home, ".ssh"));

    public string Root => folder.Path;

    public string Home => folder["home"];

    public string Project => folder["project"];

    public Dictionary<string, string> Environment { get; } = [];

    public void Pin(params string[] lines) =>
        folder.Write("project/config/known_hosts", string.Join('\n', lines) + "\n");

    public string Write(string name, string text) => folder.Write(name, text);

    public string Key(string name, string kind = "ed25519", string passphrase = "", params string[] more) =>
        SshTools.MakeKey(Path.Combine(Home, ".ssh", name), kind, passphrase, more);

    public SshSettings Settings(SshConfig? config = null) =>
        new()
        {
            Config = config ?? new SshConfig(),
            ProjectFolder = Project,
            Home = Home,
            SystemFolder = folder["etc"],
            Environment = name => Environment.GetValueOrDefault(name),
            // No test waits for these to pass: a busy machine must not either.
            ConnectTimeout = TimeSpan.FromMinutes(2),
            LoginTimeout = TimeSpan.FromMinutes(2),
        };

    public Task<SshLink> DialAsync(string host, SshConfig? config = null) => DialAsync(host, Settings(config));

    public static Task<SshLink> DialAsync(string host, SshSettings settings) =>
        new SshDialer(settings, TimeProvider.System).DialAsync(host, TestContext.Current.CancellationToken);

    public async Task<HostException> FailAsync(string host, SshConfig? config = null) =>
        await Assert.ThrowsAsync<HostException>(async () => await DialAsync(host, config));

    public void Dispose() => folder.Dispose();
}
