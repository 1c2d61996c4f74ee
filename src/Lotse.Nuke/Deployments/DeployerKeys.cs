using System.Collections.Immutable;
using Lotse.Configuration;
using Lotse.Execution;
using Lotse.Planning.Setup;

namespace Lotse.Nuke.Deployments;

/// <summary>The public keys of those who deploy.</summary>
internal static class DeployerKeys
{
    private static readonly string[] Usual = ["id_ed25519", "id_ecdsa", "id_rsa"];

    /// <summary>
    /// Those in the files that the configuration names, else those that belong to the keys it logs in with, else the person's own
    /// in <c>~/.ssh</c>. May be empty.
    /// </summary>
    /// <exception cref="UserException">A file that is named is not there or holds no key.</exception>
    public static ImmutableArray<string> Find(DeployConfig config, string root, string home)
    {
        string Full(string path) =>
            Path.Combine(root, path.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(home, path[2..]) : path);

        if (config.Setup.PublicKeys.Length > 0)
        {
            return [.. config.Setup.PublicKeys.SelectMany(path => Named(path, Full(path))).Distinct()];
        }

        var own = config.Ssh.KeysOnly ? [] : Usual.Select(name => Path.Combine(home, ".ssh", name));
        return
        [
            .. config
                .Ssh.Keys.Select(Full)
                .Concat(own)
                .Select(path => path + ".pub")
                .Where(File.Exists)
                .SelectMany(Read)
                .Distinct(),
        ];
    }

    private static string[] Named(string path, string file)
    {
        var cure = "Write a file with lines like those of ~/.ssh/id_ed25519.pub.";
        var keys = File.Exists(file)
            ? Read(file)
            : throw new UserException($"setup.public_keys names {path}, and there is no such file.", cure);
        return keys.Length > 0
            ? keys
            : throw new UserException($"setup.public_keys names {path}, which holds no public key.", cure);
    }

    private static string[] Read(string file) => [.. File.ReadLines(file).Where(AuthorizedKey.IsKey)];
}
