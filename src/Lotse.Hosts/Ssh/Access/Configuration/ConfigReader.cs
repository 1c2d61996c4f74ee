using Lotse.Execution;

namespace Lotse.Hosts.Ssh.Access.Configuration;

/// <summary>Reads ssh_config(5) files for one host.</summary>
/// <param name="places">Where files are.</param>
/// <param name="host">The host, as it was named.</param>
/// <param name="user">The user on the host where it is given elsewhere; null when the files decide.</param>
internal sealed class ConfigReader(ConfigPlaces places, string host, string? user)
{
    private const int DeepestInclude = 16;
    private readonly HostOptions options = new();

    /// <summary>Reads the files in order; one that is not there is empty.</summary>
    public static HostOptions Read(ConfigPlaces places, string host, string? user)
    {
        var reader = new ConfigReader(places, host, user);
        foreach (var file in places.Files)
        {
            reader.ReadFile(file, Path.GetDirectoryName(file) ?? places.Home, isActive: true, depth: 0);
        }

        return reader.options;
    }

    private void ReadFile(string path, string folder, bool isActive, int depth)
    {
        if (depth > DeepestInclude || !File.Exists(path))
        {
            return;
        }

        var isOpen = isActive;
        foreach (var (text, number) in Lines(path).Select((t, i) => (t, i + 1)))
        {
            if (ConfigLine.Parse(text, $"{places.Show(path)}:{number}") is not { } line)
            {
                continue;
            }

            switch (line.Keyword)
            {
                case "host":
                    isOpen = isActive && Patterns.Fit(line.Arguments, host);
                    break;
                case "match":
                    isOpen = isActive && Matches(line);
                    break;
                case "include":
                    Include(line, folder, isOpen, depth);
                    break;
                default:
                    if (isOpen)
                    {
                        options.Take(line);
                    }

                    break;
            }
        }
    }

    private string[] Lines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UserException(
                $"{places.Show(path)} cannot be read: {failure.Message}",
                "Give yourself the right to read that file, or set `ssh: config: false`."
            );
        }
    }

    /// <summary>A block begun in an included file ends with it; what is included inside a block holds only where the block does.</summary>
    private void Include(ConfigLine line, string folder, bool isActive, int depth)
    {
        foreach (var pattern in line.Arguments)
        {
            var path = Path.Combine(folder, Tokens.Tilde(pattern, places.Home));
            foreach (var file in Files(path))
            {
                ReadFile(file, folder, isActive, depth + 1);
            }
        }
    }

    private static IEnumerable<string> Files(string path)
    {
        var folder = Path.GetDirectoryName(path);
        var name = Path.GetFileName(path);
        return name.AsSpan().ContainsAny('*', '?') && Directory.Exists(folder)
            ? Directory
                .EnumerateFiles(folder, name)
                // As a shell has it (glob(7)): editors leave files with a dot before their name.
                .Where(file => name.StartsWith('.') || !Path.GetFileName(file).StartsWith('.'))
                .Order(StringComparer.Ordinal)
            : [path];
    }

    private bool Matches(ConfigLine line)
    {
        var words = new Queue<string>(line.Arguments);
        while (words.TryDequeue(out var word))
        {
            var isNegated = word.StartsWith('!');
            var criterion = word.TrimStart('!').ToLowerInvariant();
            if (criterion == "all")
            {
                continue;
            }

            if (Subject(criterion) is not { } subject || !words.TryDequeue(out var patterns))
            {
                options.Note(line, $"Match {criterion} is not supported; what stands under it is passed over");
                return false;
            }

            if (Patterns.Fit(patterns.Split(','), subject) == isNegated)
            {
                return false;
            }
        }

        return true;
    }

    private string? Subject(string criterion) =>
        criterion switch
        {
            "host" => options.HostName?.Replace("%h", host, StringComparison.Ordinal) ?? host,
            "originalhost" => host,
            "user" => user ?? options.User ?? places.LocalUser,
            "localuser" => places.LocalUser,
            _ => null,
        };
}

/// <summary>Where OpenSSH's configuration is.</summary>
/// <param name="Files">The files, in order.</param>
/// <param name="Home">The user's home.</param>
/// <param name="LocalUser">The user's name on this machine.</param>
internal sealed record ConfigPlaces(IReadOnlyList<string> Files, string Home, string LocalUser)
{
    /// <summary>A path as a person would write it.</summary>
    public string Show(string path) =>
        path.StartsWith(Home + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? $"~/{path[(Home.Length + 1)..].Replace(Path.DirectorySeparatorChar, '/')}"
            : path;
}
