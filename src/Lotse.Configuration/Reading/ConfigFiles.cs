using System.Collections.Immutable;
using Lotse.Configuration.Reading.Yaml;

namespace Lotse.Configuration.Reading;

/// <summary>Finds the configuration file and the destination's overlay, and lays one over the other.</summary>
internal sealed class ConfigFiles
{
    private static readonly EnumerationOptions Listing = new() { IgnoreInaccessible = true };

    private readonly ConfigRequest request;
    private readonly ProblemList problems;

    public ConfigFiles(ConfigRequest request, ProblemList problems)
    {
        this.request = request;
        this.problems = problems;
        BaseFile = request.ConfigFile.Replace('\\', '/');
        Destinations = FindDestinations();
    }

    /// <summary>The configuration file, relative to the root.</summary>
    public string BaseFile { get; }

    /// <summary>The names of the overlays beside it.</summary>
    public ImmutableArray<string> Destinations { get; }

    /// <summary>The merged map; null when a file is missing or broken, with a problem.</summary>
    public MapNode? Read()
    {
        problems.Register(BaseFile);
        var lower = Load(BaseFile, "there is no such file", "Create it, with service and servers at least.");
        if (request.Destination is not { } destination)
        {
            return lower;
        }

        if (!NamePatterns.IsContainerPart(destination))
        {
            const string Cure = "Use letters, digits, '.', '_' and '-'.";
            problems.FileError(BaseFile, $"'{destination}' cannot be a destination's name", Cure);
            return null;
        }

        var overlay = OverlayOf(destination);
        problems.Register(overlay);
        var upper = Load(
            overlay,
            $"there is no such file for the destination '{destination}'",
            OtherDestinations(destination)
        );
        return lower is null || upper is null ? null : YamlMerge.Merge(lower, upper);
    }

    private string Stem => BaseFile[..^Path.GetExtension(BaseFile).Length];

    private string OverlayOf(string destination) => $"{Stem}.{destination}.yml";

    private string OtherDestinations(string destination)
    {
        if (Suggestions.Closest(destination, Destinations) is { } close)
        {
            return $"Did you mean {close}?";
        }

        var known = Destinations.IsEmpty ? "" : $", or choose one of {string.Join(", ", Destinations)}";
        return $"Create it (it may be empty){known}.";
    }

    private ImmutableArray<string> FindDestinations()
    {
        var folder = Path.GetDirectoryName(Path.Combine(request.RootDirectory, BaseFile))!;
        if (!Directory.Exists(folder))
        {
            return [];
        }

        var prefix = Path.GetFileName(Stem) + ".";
        var names = Directory.EnumerateFiles(folder, prefix + "*.yml", Listing).Select(f => Path.GetFileName(f)!);
        return
        [
            .. names
                .Where(n => n.Length > prefix.Length + ".yml".Length)
                .Select(n => n[prefix.Length..^".yml".Length])
                .Order(StringComparer.Ordinal),
        ];
    }

    private MapNode? Load(string file, string missing, string cure)
    {
        var path = Path.Combine(request.RootDirectory, file);
        if (!File.Exists(path))
        {
            problems.FileError(file, missing, cure);
            return null;
        }

        try
        {
            return Compose(file, File.ReadAllText(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.FileError(file, $"the file cannot be read: {e.Message.TrimEnd('.')}", "Check its permissions.");
            return null;
        }
    }

    private MapNode? Compose(string file, string text)
    {
        if (!YamlComposer.TryCompose(file, text, problems, out var node))
        {
            return null;
        }

        switch (node)
        {
            case MapNode map:
                return map;
            case null:
            case ScalarNode scalar when Scalars.IsNull(scalar):
                return new MapNode(new Mark(file, 1, 1), []);
            default:
                problems.Error(
                    node.Mark,
                    "",
                    $"expected a map, found {Scalars.Describe(node)}",
                    "Write \"name: value\" lines, like service: shop."
                );
                return null;
        }
    }
}
