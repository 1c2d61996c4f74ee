using System.Diagnostics;

namespace Lotse.Hosts.Tests.Ssh.Access.Live;

/// <summary>OpenSSH's programs, installed first where that can be.</summary>
internal static class SshTools
{
    public const string Sshd = "/usr/sbin/sshd";
    private static readonly SemaphoreSlim Turn = new(1);

    /// <summary>Skips the test where they are missing and cannot be installed.</summary>
    public static async Task RequireAsync()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "These tests need OpenSSH's server at /usr/sbin/sshd.");
        await Turn.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            if (!File.Exists(Sshd) || !File.Exists("/usr/bin/ssh-agent"))
            {
                var canInstall = Environment.IsPrivilegedProcess && File.Exists("/usr/bin/apt-get");
                Assert.SkipUnless(
                    canInstall,
                    "OpenSSH's server is not installed, and only root on Debian or Ubuntu can."
                );
                Run(
                    "sh",
                    "-c",
                    "apt-get -qq update; apt-get -qq -o DPkg::Lock::Timeout=600 install -y openssh-server openssh-client"
                );
            }

            Directory.CreateDirectory("/run/sshd");
        }
        finally
        {
            Turn.Release();
        }
    }

    public static string MakeKey(string file, string kind, string passphrase, params string[] more)
    {
        // The shortest that is still taken everywhere: to find the primes of long ones takes seconds.
        string[] length = kind == "rsa" ? ["-b", "2048"] : [];
        Run("ssh-keygen", ["-q", "-t", kind, .. length, "-N", passphrase, "-C", "test", "-f", file, .. more]);
        return file;
    }

    public static string Fingerprint(string file) => Run("ssh-keygen", "-lf", file).Split(' ')[1];

    public static string Run(string program, params string[] arguments)
    {
        var info = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(info)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}: {error.Result}");
        return output;
    }
}
