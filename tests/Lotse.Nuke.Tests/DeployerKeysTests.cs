using System.Collections.Immutable;
using Lotse.Configuration;
using Lotse.Execution;
using Lotse.Nuke.Deployments;

namespace Lotse.Nuke.Tests;

/// <summary>Whose keys open a deploy user's account.</summary>
public sealed class DeployerKeysTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("lotse-keys-");
    private readonly DeployConfig config = new()
    {
        Service = "shop",
        Image = "shop",
        Roles = [],
    };

    [Fact]
    public void Named_files_win_and_hold_several_keys()
    {
        Write("config/deployers.pub", "# the team\nssh-ed25519 AAAAone one\n\nssh-rsa AAAAtwo two\n");
        Write("home/.ssh/id_ed25519.pub", "ssh-ed25519 AAAAown own\n");
        var named = config with { Setup = new SetupConfig { PublicKeys = ["config/deployers.pub"] } };
        Assert.Equal(["ssh-ed25519 AAAAone one", "ssh-rsa AAAAtwo two"], Find(named));
    }

    [Fact]
    public void Without_any_those_of_the_login_and_the_persons_own_are_taken()
    {
        Write("home/keys/staging.pub", "ssh-ed25519 AAAAstaging\n");
        Write("home/.ssh/id_ed25519.pub", "ssh-ed25519 AAAAown own\n");
        var ssh = new SshConfig { Keys = ["~/keys/staging", "~/keys/absent"] };
        Assert.Equal(["ssh-ed25519 AAAAstaging", "ssh-ed25519 AAAAown own"], Find(config with { Ssh = ssh }));
        Assert.Equal(["ssh-ed25519 AAAAstaging"], Find(config with { Ssh = ssh with { KeysOnly = true } }));
    }

    [Theory]
    [InlineData("absent.pub", "there is no such file")]
    [InlineData("private", "holds no public key")]
    public void A_named_file_without_a_key_is_an_error(string name, string fact)
    {
        Write("private", "-----BEGIN OPENSSH PRIVATE KEY-----\n");
        var named = config with { Setup = new SetupConfig { PublicKeys = [name] } };
        Assert.Contains(fact, Assert.Throws<UserException>(() => Find(named)).Message, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Delete(recursive: true);

    private ImmutableArray<string> Find(DeployConfig given) =>
        DeployerKeys.Find(given, folder.FullName, Path.Combine(folder.FullName, "home"));

    private void Write(string path, string text)
    {
        var file = Path.Combine(folder.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
