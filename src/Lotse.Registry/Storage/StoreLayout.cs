using System.Text;

namespace Lotse.Registry.Storage;

/// <summary>
/// Where things lie in a store's directory:
/// <code>
/// format                               version of this layout
/// lock                                 see <see cref="StoreLock"/>
/// blobs/sha256/ab/abcd…                content, manifests included, named by its digest
/// uploads/                             files being written, see <see cref="TemporaryFiles"/>
/// repositories/=shop=web/manifests/…   one file per manifest of the repository, named by its digest: its media type
/// repositories/=shop=web/tags/=v1=     one file per tag: the digest it stands for
/// </code>
/// </summary>
internal sealed class StoreLayout(string root)
{
    // Occurs in no name or tag. Around and inside file names it keeps them apart on file systems that ignore case,
    // drop a trailing dot, or reserve names such as "con".
    private const char Mark = '=';

    public string Root { get; } = root;

    public string FormatFile { get; } = Path.Combine(root, "format");

    public string LockFile { get; } = Path.Combine(root, "lock");

    public string Blobs { get; } = Path.Combine(root, "blobs", "sha256");

    public string Uploads { get; } = Path.Combine(root, "uploads");

    public string Repositories { get; } = Path.Combine(root, "repositories");

    public string Blob(Digest digest) => Path.Combine(Blobs, digest.Hex[..2], digest.Hex);

    public string Repository(string name) => Path.Combine(Repositories, Mark + name.Replace('/', Mark));

    public string Manifests(string repository) => Path.Combine(Repository(repository), "manifests");

    public string Manifest(string repository, Digest digest) => Path.Combine(Manifests(repository), digest.Hex);

    public string Tags(string repository) => Path.Combine(Repository(repository), "tags");

    public string Tag(string repository, string tag) => Path.Combine(Tags(repository), TagFile(tag));

    public static string? RepositoryOf(string directory)
    {
        var name = Path.GetFileName(directory);
        return name.StartsWith(Mark) ? name[1..].Replace(Mark, '/') : null;
    }

    public static string? TagOf(string file)
    {
        var name = Path.GetFileName(file);
        if (name.Length < 3 || name[0] != Mark || name[^1] != Mark)
        {
            return null;
        }

        var tag = new StringBuilder(name.Length);
        for (var i = 1; i < name.Length - 1; i++)
        {
            tag.Append(name[i] == Mark ? char.ToUpperInvariant(name[++i]) : name[i]);
        }

        return tag.ToString();
    }

    private static string TagFile(string tag)
    {
        var name = new StringBuilder(tag.Length + 2).Append(Mark);
        foreach (var c in tag)
        {
            _ = char.IsAsciiLetterUpper(c) ? name.Append(Mark).Append(char.ToLowerInvariant(c)) : name.Append(c);
        }

        return name.Append(Mark).ToString();
    }
}
